#include "store/store_mail.h"

#include "model/delivery_state.h"
#include "store/store_private.h"

struct wanted {
	mail_wanted_fn *fn;
	void *arg;
};

static enum err
hand_over_wanted(void *arg, const struct db_value *row)
{
	const struct wanted *w = arg;
	const struct mail_wanted wanted = { row[0].bytes, row[1].bytes,
		row[2].bytes };

	return w->fn(w->arg, &wanted);
}

enum err
store_mail_wanted(struct store *store, size_t max, mail_wanted_fn *fn,
    void *arg, struct why *why)
{
	struct wanted w = { fn, arg };

	return db_read(store->db, QUERY_MAIL_WANTED, hand_over_wanted, &w, why,
	    DB_I(max));
}

enum err
store_mail_put(struct store *store, struct span delivery,
    const struct signed_mail *mail, struct why *why)
{
	(void)db_write(store->db, QUERY_MAIL_PUT, why, DB_T(delivery),
	    DB_B(mail->message), DB_T(mail->keys), DB_I(mail->signed_s));
	(void)db_write(store->db, QUERY_MAIL_SIGNED, why, DB_T(delivery));
	return delivery_host_lower(store, delivery, why);
}

enum err
store_mail_refuse(struct store *store, struct span delivery, struct span reason,
    int64_t now_s, struct why *why)
{
	return db_write(store->db, QUERY_MAIL_REFUSE, why, DB_T(delivery),
	    DB_I(DELIVERY_GIVEN_UP), DB_T(reason), DB_I(now_s));
}

struct found {
	signed_mail_fn *fn;
	void *arg;
	bool any;
};

static enum err
hand_over_mail(void *arg, const struct db_value *row)
{
	struct found *f = arg;
	const struct signed_mail mail = { row[0].bytes, row[1].bytes,
		row[2].num };

	f->any = true;
	return f->fn(f->arg, &mail);
}

enum err
store_mail_get(struct store *store, struct span delivery, signed_mail_fn *fn,
    void *arg, struct why *why)
{
	struct found f = { .fn = fn, .arg = arg };
	enum err e = db_read(store->db, QUERY_MAIL_GET, hand_over_mail, &f, why,
	    DB_T(delivery));

	if (e == E_OK && !f.any)
		e = why_set(why, E_ABSENT, "no mail of delivery %.*s",
		    SPAN_ARG(delivery));
	return e;
}

enum err
store_mail_again(struct store *store, struct span delivery, struct why *why)
{
	enum err e = db_begin(store->db, why);

	if (e != E_OK)
		return e;
	(void)db_write(store->db, QUERY_MAIL_DROP, why, DB_T(delivery));
	e = db_write(store->db, QUERY_MAIL_AGAIN, why, DB_T(delivery));
	if (e != E_OK) {
		db_rollback(store->db);
		return e;
	}
	return db_commit(store->db, why);
}
