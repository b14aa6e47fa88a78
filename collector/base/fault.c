#include "base/fault.h"

#include "base/log.h"

void
fault_note(struct fault *f, enum err e, const struct why *why)
{
	bool again = e == f->kind;

	f->kind = e;
	if (e == E_OK) {
		if (f->failed > 0)
			log_info(f->again == NULL ? "works again" : f->again,
			    LOG_I("attempts", f->failed));
		f->failed = 0;
		return;
	}
	f->failed++;
	if (again)
		return;
	if (e == E_DAMAGED)
		log_error("store is damaged", LOG_WHY(why),
		    LOG_STR("do",
			"stop tlsrptd and put back a backup; meanwhile the "
			"journal keeps what is received"));
	else
		log_warning(f->what, LOG_WHY(why));
}
