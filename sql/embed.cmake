# cmake -P embed.cmake: SQL files to C. Writes OUT_H (enum query) and OUT_C (the
# texts of queries and schema steps).
cmake_minimum_required(VERSION 3.25)

# ret: the file as C string literals, a line each.
function(c_string file ret)
  file(READ "${file}" text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REGEX REPLACE "\n$" "" text "${text}")
  string(REPLACE "\n" "\\n\"\n\t\"" text "${text}")
  set(${ret} "\t\"${text}\\n\"" PARENT_SCOPE)
endfunction()

# The text for one database: NAME.BACKEND.sql where there is one, else NAME.sql.
function(backend_file name backend ret)
  if(EXISTS "${name}.${backend}.sql")
    set(${ret} "${name}.${backend}.sql" PARENT_SCOPE)
  else()
    set(${ret} "${name}.sql" PARENT_SCOPE)
  endif()
endfunction()

file(GLOB query_files "${SQL_DIR}/queries/*.sql")
list(TRANSFORM query_files REPLACE "(\\.sqlite|\\.pgsql)?\\.sql$" "")
list(REMOVE_DUPLICATES query_files)
list(SORT query_files)
set(enum "")
set(queries "")
foreach(path IN LISTS query_files)
  get_filename_component(name "${path}" NAME)
  string(TOUPPER "${name}" upper)
  string(APPEND enum "\tQUERY_${upper},\n")
  backend_file("${path}" sqlite sqlite_file)
  backend_file("${path}" pgsql pgsql_file)
  c_string("${sqlite_file}" sqlite)
  c_string("${pgsql_file}" pgsql)
  file(STRINGS "${pgsql_file}" once REGEX "^-- Planned once")
  if(once)
    set(once true)
  else()
    set(once false)
  endif()
  string(APPEND queries
    "\t{ \"${name}\", {\n${sqlite},\n${pgsql} }, ${once} },\n")
endforeach()

file(GLOB step_files "${SQL_DIR}/schema/*.sqlite.sql")
list(SORT step_files)
set(steps "")
foreach(path IN LISTS step_files)
  string(REPLACE ".sqlite.sql" "" base "${path}")
  get_filename_component(name "${base}" NAME)
  string(REGEX MATCH "^[0-9]+" version "${name}")
  math(EXPR version "${version}")
  c_string("${base}.sqlite.sql" sqlite)
  c_string("${base}.pgsql.sql" pgsql)
  file(SHA256 "${base}.sqlite.sql" sqlite_sum)
  file(SHA256 "${base}.pgsql.sql" pgsql_sum)
  string(APPEND steps "\t{ ${version}, \"${name}\", {\n${sqlite},\n${pgsql} }, {\n"
    "\t\"${sqlite_sum}\",\n\t\"${pgsql_sum}\" } },\n")
endforeach()

file(WRITE "${OUT_H}" "/* Made by sql/embed.cmake. */
#ifndef SQL_TEXT_H
#define SQL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum sql_backend { SQL_SQLITE, SQL_PGSQL, NSQL_BACKENDS };

enum query {
${enum}\tNQUERIES
};

struct query_text {
\tconst char *name;
\tconst char *sql[NSQL_BACKENDS];
\tbool is_planned_once; /* by PostgreSQL, a connection */
};

struct schema_step {
\tint version;
\tconst char *name;
\tconst char *sql[NSQL_BACKENDS];
\tconst char *checksum[NSQL_BACKENDS]; /* SHA-256 of the file */
};

extern const struct query_text query_texts[NQUERIES];
extern const struct schema_step schema_steps[];
extern const size_t schema_nsteps;

#endif
")
file(WRITE "${OUT_C}" "/* Made by sql/embed.cmake. */
#include \"sql_text.h\"

const struct query_text query_texts[NQUERIES] = {
${queries}};

const struct schema_step schema_steps[] = {
${steps}};

const size_t schema_nsteps = sizeof(schema_steps) / sizeof(schema_steps[0]);
")
