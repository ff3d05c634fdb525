/*
 * Interfaces by number: see idl.h. Filled from idl/services.def and what
 * scripts/idl-embed made. Called by svc_reflect.c.
 */
#include "server/idl.h"

#include "services.h"

#define SERVICE(file, prog, vers, table) extern const struct idl idl_##table;
#include "idl/services.def"
#undef SERVICE

static const struct {
	uint32_t prog, vers;
	const struct idl *idl;
} idls[] = {
#define SERVICE(file, prog_, vers_, table_) \
	{ .prog = prog_, .vers = vers_, .idl = &idl_##table_ },
#include "idl/services.def"
#undef SERVICE
};

static const struct idl *
find(uint32_t prog, uint32_t vers)
{
	for (size_t i = 0; i < sizeof(idls) / sizeof(idls[0]); i++)
		if (idls[i].prog == prog && idls[i].vers == vers)
			return idls[i].idl;
	return NULL;
}

const struct idl_file *
idl_files(uint32_t prog, uint32_t vers)
{
	const struct idl *idl = find(prog, vers);

	return idl != NULL ? idl->files : NULL;
}

const char *
idl_procedure(uint32_t prog, uint32_t vers, uint32_t proc)
{
	const struct idl *idl = find(prog, vers);

	return idl != NULL ? idl->names[proc] : "";
}
