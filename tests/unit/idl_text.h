/*
 * Texts in the RPC language, for the tests of the front end.
 */
#ifndef RPCALL_TEST_IDL_TEXT_H
#define RPCALL_TEST_IDL_TEXT_H

#include "idl/schema.h"

/* What was said of the last text; each test releases it. */
extern struct diags idl_said;

/* Reads text as "t.x", without files; the caller frees the schema. */
struct schema *idl_load(const char *text, bool rpcgen);

#endif
