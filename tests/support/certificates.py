"""Certificates for the servers of tests, made by openssl."""
import subprocess


def make(folder, name, names, signer=None):
    """FOLDER/NAME.pem and .key for these subjectAltNames, signed by the one
    that signer names, else by itself; without names one that signs others."""
    signed_by = ["-CA", f"{signer}.pem", "-CAkey", f"{signer}.key"] \
        if signer else []
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec",
         "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-keyout", f"{name}.key", "-out", f"{name}.pem",
         "-subj", f"/CN={name}", *signed_by,
         *(["-addext", f"subjectAltName={names}",
            "-addext", "basicConstraints=critical,CA:FALSE"]
           if names else [])],
        check=True, cwd=folder,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
