#include "api/openapi.h"

#include <stdio.h>

#include "api/route.h"
#include "base/ascii.h"

#define NAME_MAX_BYTES 64

static void
text(struct json_out *out, const char *key, const char *value)
{
	json_out_text(out, key, span_str(value));
}

static void
lower(const char *from, char ret[NAME_MAX_BYTES])
{
	size_t i = 0;

	for (; from[i] != '\0' && i < NAME_MAX_BYTES - 1; i++)
		ret[i] = ascii_lower(from[i]);
	ret[i] = '\0';
}

/* -- parameters -- */

static void
put_parameter(struct json_out *out, const char *name, const char *in,
    const char *sentence)
{
	json_out_object(out, NULL);
	text(out, "name", name);
	text(out, "in", in);
	if (strcmp(in, "path") == 0)
		json_out_bool(out, "required", true);
	text(out, "description", sentence);
	json_out_object(out, "schema");
	text(out, "type", "string");
	json_out_end(out);
	json_out_end(out);
}

static void
put_path_parameters(struct json_out *out, const char *path)
{
	struct span rest = span_str(path);
	char name[NAME_MAX_BYTES];

	while (rest.len > 0) {
		struct span segment = span_until(&rest, '/');

		if (segment.len < 3 || segment.p[0] != '{')
			continue;
		(void)snprintf(name, sizeof(name), "%.*s", (int)segment.len - 2,
		    segment.p + 1);
		put_parameter(out, name, "path", "Of the list above it.");
	}
}

static void
put_parameters(struct json_out *out, const struct api_route *r)
{
	json_out_array(out, "parameters");
	put_path_parameters(out, r->path);
	for (unsigned i = 0; i < API_NPARAMETERS; i++) {
		const struct api_parameter_row *p = api_parameter(
		    (enum api_parameter)i);

		if ((r->parameters & (1U << i)) != 0)
			put_parameter(out, p->name, "query", p->sentence);
	}
	json_out_end(out);
}

/* -- bodies -- */

static void
put_content(struct json_out *out, const char *type, const char *schema)
{
	json_out_object(out, "content");
	json_out_object(out, type);
	json_out_object(out, "schema");
	if (schema != NULL)
		text(out, "$ref", schema);
	else
		text(out, "type", "object");
	json_out_end(out);
	json_out_end(out);
	json_out_end(out);
}

static void
put_response(struct json_out *out, const char *status, const char *sentence,
    const char *type, const char *schema)
{
	json_out_object(out, status);
	text(out, "description", sentence);
	if (type != NULL)
		put_content(out, type, schema);
	json_out_end(out);
}

static bool
is_list(const struct api_route *r)
{
	return (r->parameters & P(LIMIT)) != 0;
}

/* "/findings/{id}/mute" makes nothing. */
static bool
is_deed(const struct api_route *r)
{
	return strstr(r->path, "}/") != NULL;
}

static void
put_success(struct json_out *out, const struct api_route *r)
{
	const char *json = "application/json";

	if (strcmp(r->method, "GET") == 0)
		put_response(out, "200",
		    is_list(r) ? "A page of the list." : "As it is now.", json,
		    is_list(r) ? "#/components/schemas/list" : NULL);
	else if (strcmp(r->method, "POST") == 0 && !is_deed(r))
		put_response(out, "201", "It is made.", json, NULL);
	else
		put_response(out, "204", "It is done.", NULL, NULL);
}

static void
put_responses(struct json_out *out, const struct api_route *r)
{
	const char *problem = "application/problem+json";
	const char *schema = "#/components/schemas/problem";

	json_out_object(out, "responses");
	put_success(out, r);
	put_response(out, "400", "The request is malformed.", problem, schema);
	if (r->scope != API_OPEN) {
		put_response(out, "401", "Nobody has logged in.", problem,
		    schema);
		put_response(out, "403", "Not with this account.", problem,
		    schema);
	}
	put_response(out, "503",
	    "The store cannot be reached, or too many "
	    "ask: see Retry-After.",
	    problem, schema);
	json_out_end(out);
}

/* -- operations -- */

static void
put_security(struct json_out *out, const struct api_route *r)
{
	json_out_array(out, "security");
	if (r->scope != API_OPEN) {
		json_out_object(out, NULL);
		json_out_array(out, "token");
		json_out_end(out);
		json_out_end(out);
		json_out_object(out, NULL);
		json_out_array(out, "session");
		json_out_end(out);
		json_out_end(out);
	}
	json_out_end(out);
}

static const char *
scope_text(enum api_scope scope)
{
	static const char *const texts[] = {
		[API_OPEN] = "Anybody may ask.",
		[API_READ] = "Each account may ask.",
		[API_OWN] = "Each account may ask, about itself.",
		[API_ANALYST] = "An analyst may ask, or an administrator.",
		[API_ADMIN] = "An administrator may ask.",
	};

	return texts[scope];
}

static const char *
reach_text(enum api_reach reach)
{
	static const char *const texts[] = {
		[API_ANY] = "",
		[API_DOMAIN] =
		    " An account that is bound to domains sees its own.",
		[API_ROWS] =
		    " An account that is bound to domains sees rows of those.",
		[API_WHOLE] = " Not for accounts that are bound to domains.",
	};

	return texts[reach];
}

static void
put_operation(struct json_out *out, const struct api_route *r)
{
	char method[NAME_MAX_BYTES], description[256];

	lower(r->method, method);
	(void)snprintf(description, sizeof(description), "%s%s",
	    scope_text(r->scope), reach_text(r->reach));
	json_out_object(out, method);
	text(out, "operationId", r->name);
	text(out, "summary", r->sentence);
	text(out, "description", description);
	put_security(out, r);
	put_parameters(out, r);
	if (strcmp(r->method, "POST") == 0 || strcmp(r->method, "PATCH") == 0) {
		json_out_object(out, "requestBody");
		json_out_bool(out, "required", true);
		put_content(out, "application/json", NULL);
		json_out_end(out);
	}
	put_responses(out, r);
	json_out_end(out);
}

static bool
is_first_of_path(size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(api_routes[i].path, api_routes[at].path) == 0)
			return false;
	return true;
}

static void
put_paths(struct json_out *out)
{
	json_out_object(out, "paths");
	for (size_t i = 0; i < api_nroutes; i++) {
		if (!is_first_of_path(i))
			continue;
		json_out_object(out, api_routes[i].path);
		for (size_t j = i; j < api_nroutes; j++)
			if (strcmp(api_routes[i].path, api_routes[j].path) == 0)
				put_operation(out, &api_routes[j]);
		json_out_end(out);
	}
	json_out_end(out);
}

/* -- the whole -- */

static void
put_typed(struct json_out *out, const char *key, const char *type)
{
	json_out_object(out, key);
	text(out, "type", type);
	json_out_end(out);
}

static void
put_schemas(struct json_out *out)
{
	json_out_object(out, "schemas");
	json_out_object(out, "list");
	text(out, "type", "object");
	json_out_object(out, "properties");
	json_out_object(out, "rows");
	text(out, "type", "array");
	put_typed(out, "items", "object");
	json_out_end(out);
	json_out_object(out, "next");
	json_out_array(out, "type");
	text(out, NULL, "string");
	text(out, NULL, "null");
	json_out_end(out);
	text(out, "description", "The cursor of the next page.");
	json_out_end(out);
	json_out_end(out);
	json_out_end(out);
	json_out_object(out, "problem");
	text(out, "type", "object");
	json_out_object(out, "properties");
	put_typed(out, "status", "integer");
	put_typed(out, "title", "string");
	put_typed(out, "detail", "string");
	json_out_end(out);
	json_out_end(out);
	json_out_end(out);
}

static void
put_components(struct json_out *out)
{
	json_out_object(out, "components");
	json_out_object(out, "securitySchemes");
	json_out_object(out, "token");
	text(out, "type", "http");
	text(out, "scheme", "bearer");
	json_out_end(out);
	json_out_object(out, "session");
	text(out, "type", "apiKey");
	text(out, "in", "cookie");
	text(out, "name", "__Host-tlsrpt");
	text(out, "description",
	    "What changes something needs X-CSRF-Token as well, which "
	    "GET /session tells.");
	json_out_end(out);
	json_out_end(out);
	put_schemas(out);
	json_out_end(out);
}

static void
put_info(struct json_out *out, const char *version)
{
	json_out_object(out, "info");
	text(out, "title", "tlsrptd");
	text(out, "version", version);
	text(out, "description",
	    "SMTP TLS Reporting (RFC 8460): what others report about our "
	    "domains, and what we report to them.");
	json_out_object(out, "license");
	text(out, "name", "MIT");
	text(out, "identifier", "MIT");
	json_out_end(out);
	json_out_end(out);
	json_out_array(out, "servers");
	json_out_object(out, NULL);
	text(out, "url", API_PREFIX);
	json_out_end(out);
	json_out_end(out);
}

enum err
api_openapi(const char *version, struct buf *ret)
{
	struct json_out *out = json_out_new();
	enum err e;

	if (out == NULL)
		return E_NOMEM;
	json_out_object(out, NULL);
	text(out, "openapi", "3.1.0");
	put_info(out, version);
	put_paths(out);
	put_components(out);
	json_out_end(out);
	e = json_out_finish(out, JSON_PRETTY_STYLE, ret);
	json_out_free(out);
	return e;
}
