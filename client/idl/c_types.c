/*
 * What .x files take from C without defining it: types of <rpc/types.h>,
 * <stdint.h> and libtirpc that have an XDR function; numbers of <rpc/types.h>
 * and, for the unions of NFS 4, of <rpc/auth.h>. See c_types.h.
 */
#include "idl/c_types.h"

#include <string.h>

#define ROW(name, text) \
	{ name, { (char *)"C", (char *)text, sizeof(text) - 1 } }
/* RFC 5531, appendix A */
#define AUTHSYS(name) \
	"struct " name " { unsigned int stamp; string machinename<255>; " \
	"unsigned int uid; unsigned int gid; unsigned int gids<16>; };"
#define SAME(name, as) ROW(name, "typedef " as " " name ";")

static const struct {
	const char *name;
	struct source source;
} rows[] = {
	SAME("bool_t", "bool"), SAME("enum_t", "int"),
	SAME("u_char", "unsigned char"), SAME("u_short", "unsigned short"),
	SAME("u_int", "unsigned int"), SAME("u_long", "unsigned long"),
	SAME("uint", "unsigned int"), SAME("ushort", "unsigned short"),
	SAME("ulong", "unsigned long"),
	SAME("int8_t", "char"), SAME("uint8_t", "unsigned char"),
	SAME("u_int8_t", "unsigned char"),
	SAME("int16_t", "short"), SAME("uint16_t", "unsigned short"),
	SAME("u_int16_t", "unsigned short"),
	SAME("int32_t", "int"), SAME("uint32_t", "unsigned int"),
	SAME("u_int32_t", "unsigned int"),
	SAME("int64_t", "hyper"), SAME("uint64_t", "unsigned hyper"),
	SAME("u_int64_t", "unsigned hyper"),
	SAME("quad_t", "hyper"), SAME("u_quad_t", "unsigned hyper"),
	SAME("longlong_t", "hyper"), SAME("u_longlong_t", "unsigned hyper"),
	SAME("rpcprog_t", "unsigned int"), SAME("rpcvers_t", "unsigned int"),
	SAME("rpcproc_t", "unsigned int"), SAME("rpcprot_t", "unsigned int"),
	SAME("rpcport_t", "unsigned int"),
	ROW("netobj", "typedef opaque netobj<1024>;"),
	ROW("des_block", "typedef opaque des_block[8];"),
	ROW("authsys_parms", AUTHSYS("authsys_parms")),
	ROW("authunix_parms", AUTHSYS("authunix_parms")),
	ROW("netbuf", "struct netbuf { unsigned int maxlen; opaque buf<>; };"),
};

/* Flavours: RFC 5531 section 8.2. */
static const struct {
	const char *name;
	int64_t value;
} numbers[] = {
	{ "FALSE", 0 }, { "TRUE", 1 },
	{ "AUTH_NONE", 0 }, { "AUTH_NULL", 0 }, { "AUTH_SYS", 1 },
	{ "AUTH_UNIX", 1 }, { "AUTH_SHORT", 2 }, { "AUTH_DH", 3 },
	{ "AUTH_DES", 3 }, { "RPCSEC_GSS", 6 },
};

bool
c_number(const char *name, int64_t *value)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strcmp(numbers[i].name, name) == 0) {
			*value = numbers[i].value;
			return true;
		}
	return false;
}

const struct source *
c_type(const char *name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i].source;
	return NULL;
}
