# rpcgen makes types, XDR, stubs and tables from idl/*.x under $(B)/gen.
#
# - It refuses to overwrite and names its include after its input's path:
#   so it runs in $(B)/gen on a copy, into files removed first.
# - Its -T header does not compile; the table is made with -t and told about
#   struct rpcgen_table by common/rpcgen_table.h. A cast is missing in it.
# - Generated XDR code uses the checked decoders of common/xsafe.h, and
#   scripts/xdr-enums.awk adds the check of enumerators that rpcgen lacks.
# - A service without a .x in idl/ is a classic one: its .x is rpcsvc-proto's.
#   Ours may hold nothing unbounded (scripts/idl-bounds.awk); theirs do, in
#   results.
# - rusers2.x is version 2 of rusers, for which rusers.x has only C code.

IDL_SERVICE := $(sort $(shell sed -n 's/^SERVICE.\([a-z0-9_]*\),.*/\1/p' \
               idl/services.def))
IDL_PROGRAM := $(IDL_SERVICE) rusers2
IDL         := $(IDL_PROGRAM) frame
RPCSVC      := /usr/include/rpcsvc
GEN         := $(B)/gen
GEN_HEADERS := $(IDL:%=$(GEN)/%.h) $(GEN)/services.h
GEN_CFLAGS  := -Wall -Wno-unused-variable -Wno-cast-function-type \
               -Wno-missing-prototypes \
               -Wno-missing-braces
GEN_XDR     := $(IDL:%=$(GEN)/%_xdr.o)
GEN_CLNT    := $(IDL_PROGRAM:%=$(GEN)/%_clnt.o)
GEN_TABLE   := $(IDL_PROGRAM:%=$(GEN)/%_table.o)
RPCGEN      := rpcgen -C -M

# The headers of all services, for what loops over idl/services.def.
$(GEN)/services.h: idl/services.def
	@mkdir -p $(GEN)
	for s in $(IDL_SERVICE); do echo "#include \"$$s.h\""; done >$@

$(GEN)/%.x: idl/%.x scripts/idl-bounds.awk
	@mkdir -p $(GEN)
	awk -f scripts/idl-bounds.awk $<
	cp $< $@

$(GEN)/%.x: $(RPCSVC)/%.x
	@mkdir -p $(GEN)
	cp $< $@

$(GEN)/%.h: $(GEN)/%.x
	cd $(GEN) && rm -f $(@F) && $(RPCGEN) -h -o $(@F) $(<F)

$(GEN)/%_xdr.c: $(GEN)/%.x $(GEN)/%.h scripts/xdr-enums.awk
	cd $(GEN) && rm -f $(@F).raw && $(RPCGEN) -c -o $(@F).raw $(<F)
	awk -f scripts/xdr-enums.awk $(GEN)/$*.h $@.raw >$@

$(GEN)/%_clnt.c: $(GEN)/%.x $(GEN)/%.h
	cd $(GEN) && rm -f $(@F) && $(RPCGEN) -l -o $(@F) $(<F)

$(GEN)/%_table.c: $(GEN)/%.x $(GEN)/%.h
	cd $(GEN) && rm -f $(@F).raw && $(RPCGEN) -t -o $(@F).raw $(<F)
	{ echo '#include "$*.h"'; echo '#include "rpcgen_table.h"'; \
	  sed -E -e 's/^\t(xdr_[A-Za-z0-9_]+),/\t(xdrproc_t) \1,/' \
	    -e 's/\(char \*\(\*\)\(\)\)//' $@.raw; } >$@

# The texts themselves, for REFLECT.
$(GEN)/idl_data.c: scripts/idl-embed idl/services.def \
    $(IDL_PROGRAM:%=$(GEN)/%.x) $(IDL_PROGRAM:%=$(GEN)/%_table.c)
	scripts/idl-embed $(GEN) $(IDL_PROGRAM) >$@.new && mv $@.new $@

$(GEN)/%_svc.c: $(GEN)/%.x $(GEN)/%.h
	cd $(GEN) && rm -f $(@F) && $(RPCGEN) -m -o $(@F) $(<F)

$(GEN)/%_xdr.o: $(GEN)/%_xdr.c $(B)/flags
	$(COMPILE) $(GEN_CFLAGS) -DXSAFE_REPLACES -include common/xsafe.h -c $< -o $@

$(GEN)/%.o: $(GEN)/%.c $(B)/flags
	$(COMPILE) $(GEN_CFLAGS) -c $< -o $@

.PRECIOUS: $(GEN)/%.x $(GEN)/%.h $(GEN)/%_xdr.c $(GEN)/%_clnt.c \
           $(GEN)/%_table.c $(GEN)/%_svc.c
