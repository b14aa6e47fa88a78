/* support/https_server.h -- a TLS server of many faults, as a process. */
#ifndef TESTS_SUPPORT_HTTPS_SERVER_H
#define TESTS_SUPPORT_HTTPS_SERVER_H

#include <stdio.h>
#include <sys/types.h>

/* All on 127.0.0.1. What paths do stands in https_server.py. */
struct https_server {
	char dir[256]; /* of the certificates */
	char ca_file[300];
	int trusted;	/* port: good.test and 127.0.0.1, signed by ca_file */
	int second;	/* the same on another port */
	int selfsigned; /* the same names, signed by nobody */
	int misnamed;	/* other.test, signed by ca_file */
	int mute;	/* accepts and says nothing, not even TLS */
	pid_t pid;
	FILE *in;
};

void support_https_start(struct https_server *);
void support_https_stop(struct https_server *);

#endif
