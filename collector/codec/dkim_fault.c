#include "codec/dkim_fault.h"

static const struct {
	enum dkim_result result;
	const char *text, *sentence;
} faults[] = {
#define DKIM_FAULT(name, result, text, sentence) \
	[DKIM_FAULT_##name] = { DKIM_##result, text, sentence },
#include "codec/dkim_faults.def"
#undef DKIM_FAULT
};

static const char *const results[] = {
	[DKIM_PASS] = "pass",
	[DKIM_FAIL] = "fail",
	[DKIM_POLICY] = "policy",
	[DKIM_TEMPERROR] = "temperror",
	[DKIM_PERMERROR] = "permerror",
};

enum dkim_result
dkim_fault_result(enum dkim_fault fault)
{
	return faults[fault].result;
}

const char *
dkim_fault_text(enum dkim_fault fault)
{
	return faults[fault].text;
}

const char *
dkim_fault_sentence(enum dkim_fault fault)
{
	return faults[fault].sentence;
}

const char *
dkim_result_text(enum dkim_result result)
{
	return results[result];
}
