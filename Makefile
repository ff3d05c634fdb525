# rpcall: one service over RPC, sockets and pipes, and a comparison of them.
#
# Non-recursive; everything made goes under $(B). `make help` lists targets.

B       ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
VERSION := 0.1.0

CC      ?= cc
CFLAGS  ?= -O3 -g -flto=auto
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
           -Wvla -Wformat=2 -Werror
HARDEN  := -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fPIE -fno-plt
LINK    := -pie -Wl,-z,relro,-z,now
CPPFLAGS += -D_GNU_SOURCE -DRPCALL_VERSION='"$(VERSION)"' -I. -Icommon \
            -I$(B)/gen -isystem /usr/include/tirpc
LIBS    := -ltirpc -lcrypto -lxxhash -lpthread
STORE_LIBS := -llmdb
CLIENT_LIBS := -ledit
PROGS   := $(B)/rpcalld $(B)/rpcall $(B)/rpcall-stock

# Targets that build before they run use every CPU, unless told otherwise.
JOBS    = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

# Sanitizers take the place of the hardening that they do not go with. Their
# tables are full of addresses: at a fixed place, a program starts a third
# sooner, which tests do some thousands of times.
ifdef SANITIZE
HARDEN  := -fno-lto -fno-pie -fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
           -fno-omit-frame-pointer
LINK    := -no-pie -fsanitize=$(SANITIZE)
endif

COMPILE = $(CC) -std=gnu11 $(CPPFLAGS) $(CFLAGS) $(HARDEN) $(EXTRA) -MMD -MP

.PHONY: all
all: $(PROGS)

include idl/module.mk
include common/module.mk
include server/module.mk
include client/module.mk
include tests/module.mk
include scripts/module.mk

# Other flags, other objects: the stamp changes when the command does. EXTRA is
# of the object that asks for it first, and one stamp serves all.
.PHONY: force
$(B)/flags: EXTRA :=
$(B)/flags: force
	@mkdir -p $(B)
	@echo '$(COMPILE) $(WARN) $(LINK) $(LIBEXECDIR) $(IDLDIR)' | cmp -s - $@ || \
	    echo '$(COMPILE) $(WARN) $(LINK) $(LIBEXECDIR) $(IDLDIR)' >$@

$(B)/%.o: %.c $(B)/flags | $(GEN_HEADERS)
	@mkdir -p $(@D)
	$(COMPILE) $(WARN) -c $< -o $@

.PHONY: clean
clean:
	rm -rf build out

# Builds with other flags lie below this one, and may be under way.
-include $(shell find $(B) \( -path $(B)/sanitize -o -path $(B)/fuzz \) -prune \
    -o -name '*.d' -print 2>/dev/null)
