#include "cli/completion.h"

#include <stdio.h>
#include <string.h>

struct table {
	const struct cli_command *commands;
	size_t n;
	const struct cli_option *common;
};

/* $key grows by each word that leads to a command; a word that no command
 * begins with is none of ours, and files are completed. */
static const char function[] =
    "_tlsrpt() {\n"
    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} key=tlsrpt word\n"
    "\tCOMPREPLY=()\n"
    "\t[[ $_tlsrpt_taking == *\" ${COMP_WORDS[COMP_CWORD - 1]} \"* ]] && return\n"
    "\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD - 1}\"; do\n"
    "\t\t[[ -n ${_tlsrpt_words[$key $word]} ]] && key=\"$key $word\"\n"
    "\tdone\n"
    "\tmapfile -t COMPREPLY < <(compgen -W \"${_tlsrpt_words[$key]}\" -- "
    "\"$cur\")\n"
    "}\n"
    "complete -o default -F _tlsrpt tlsrpt\n";

static struct span
first_word(const struct cli_command *c)
{
	struct span rest = span_str(c->name);

	return span_until(&rest, ' ');
}

/* "" of a command of one word. */
static struct span
second_word(const struct cli_command *c)
{
	struct span rest = span_str(c->name);

	(void)span_until(&rest, ' ');
	return rest;
}

static bool
begins_a_group(const struct table *t, size_t i)
{
	for (size_t before = 0; before < i; before++)
		if (span_eq(first_word(&t->commands[before]),
			first_word(&t->commands[i])))
			return false;
	return true;
}

static void
print_options(const struct cli_option *o)
{
	for (; o != NULL && o->name != NULL; o++)
		(void)printf(" --%s", o->name);
}

static void
print_first_words(const struct table *t)
{
	(void)printf("\t[tlsrpt]=\"");
	for (size_t i = 0; i < t->n; i++)
		if (begins_a_group(t, i))
			(void)printf("%.*s ",
			    SPAN_ARG(first_word(&t->commands[i])));
	(void)printf("-c --version");
	print_options(t->common);
	(void)puts("\"");
}

static void
print_group(const struct table *t, struct span group)
{
	const char *head = "";

	(void)printf("\t[\"tlsrpt %.*s\"]=\"", SPAN_ARG(group));
	for (size_t i = 0; i < t->n; i++) {
		if (!span_eq(first_word(&t->commands[i]), group))
			continue;
		(void)printf("%s%.*s", head,
		    SPAN_ARG(second_word(&t->commands[i])));
		head = " ";
	}
	(void)puts("\"");
}

static void
print_command(const struct table *t, const struct cli_command *c)
{
	(void)printf("\t[\"tlsrpt %s\"]=\"-c", c->name);
	print_options(c->options);
	print_options(t->common);
	(void)puts("\"");
}

static void
print_taking(const struct cli_option *o)
{
	for (; o != NULL && o->name != NULL; o++)
		if (o->argument != NULL)
			(void)printf("--%s ", o->name);
}

void
completion_print(const struct cli_command *commands, size_t n,
    const struct cli_option *common)
{
	const struct table t = { commands, n, common };

	(void)puts("# tlsrpt(1) for bash, printed by tlsrpt --completion.\n"
		   "declare -gA _tlsrpt_words=(");
	print_first_words(&t);
	for (size_t i = 0; i < n; i++) {
		if (begins_a_group(&t, i) && second_word(&commands[i]).len > 0)
			print_group(&t, first_word(&commands[i]));
		print_command(&t, &commands[i]);
	}
	(void)printf(")\n# Behind these stands a value.\n"
		     "_tlsrpt_taking=\" -c ");
	print_taking(common);
	for (size_t i = 0; i < n; i++)
		print_taking(commands[i].options);
	(void)printf("\"\n%s", function);
}
