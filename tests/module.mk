# tests/: unit tests (Check), suites in Python, fuzz targets.
CHECK_CFLAGS = $(shell pkg-config --cflags check)
CHECK_LIBS   = $(shell pkg-config --libs check)
UNIT_SRC    := $(wildcard tests/unit/*.c)
UNIT_OBJ    := $(UNIT_SRC:%.c=$(B)/%.o)

$(B)/tests/unit/%.o: EXTRA += -Iclient $(CHECK_CFLAGS)

# Both programs' objects but their main files, as libraries: a test takes
# what it names.
$(B)/libclient.a: $(filter-out $(B)/client/main.o,$(CLIENT_OBJ)) $(GEN_CLNT)
	rm -f $@ && gcc-ar rcs $@ $^

$(B)/libserver.a: $(filter-out $(B)/server/main.o $(B)/server/options.o,$(SERVER_OBJ)) $(GEN_TABLE)
	rm -f $@ && gcc-ar rcs $@ $^

$(B)/tests/unit/unit: $(UNIT_OBJ) $(B)/libclient.a $(B)/libserver.a $(COMMON_OBJ)
	$(CC) $(CFLAGS) $(LINK) $(LDFLAGS) $^ $(LIBS) $(STORE_LIBS) $(CHECK_LIBS) -lm -o $@

# What tests preload into the programs: see tests/lib/faults.py.
$(B)/tests/lib/faults.so: tests/lib/faults.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(CPPFLAGS) -O1 -g $(WARN) -fPIC -shared $< -o $@

# `make check` needs no other command before it on a fresh machine.
.PHONY: check
check:
	@scripts/deps --check
	@$(MAKE) --no-print-directory -s all $(B)/tests/unit/unit \
	    $(B)/tests/lib/faults.so
	@scripts/check $(B)

.PHONY: check-sanitize
check-sanitize:
	@scripts/deps --check
	@$(MAKE) --no-print-directory -s B=build/sanitize CC=gcc \
	    SANITIZE=address,undefined all build/sanitize/tests/unit/unit
	@scripts/check build/sanitize

include tests/fuzz.mk
