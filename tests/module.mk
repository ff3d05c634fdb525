# tests/: unit tests (Check), suites in Python, fuzz targets.
CHECK_CFLAGS = $(shell pkg-config --cflags check)
CHECK_LIBS   = $(shell pkg-config --libs check)
UNIT_SRC    := $(wildcard tests/unit/*.c)
UNIT_OBJ    := $(UNIT_SRC:%.c=$(B)/%.o)

# What tests the code need not be as fast as the code, and builds sooner so.
$(B)/tests/unit/%.o: EXTRA += -Iclient $(CHECK_CFLAGS) -O1 -fno-lto

# Both programs' objects but their main files, as libraries: a test takes
# what it names.
$(B)/libclient.a: $(filter-out $(B)/client/main.o,$(CLIENT_OBJ)) $(GEN_CLNT)
	rm -f $@ && gcc-ar rcs $@ $^

$(B)/libserver.a: $(filter-out $(B)/server/main.o $(B)/server/options.o,$(SERVER_OBJ)) $(GEN_TABLE)
	rm -f $@ && gcc-ar rcs $@ $^

$(B)/tests/unit/unit: $(UNIT_OBJ) $(B)/libclient.a $(B)/libserver.a $(COMMON_OBJ)
	$(CC) $(CFLAGS) $(LINK) $(LDFLAGS) $^ $(LIBS) $(STORE_LIBS) $(CHECK_LIBS) -lm -o $@

# What tests preload into the programs (tests/lib/faults.py, tests/crash):
# never sanitized, never hardened, and no part of a program.
PRELOADS := $(B)/tests/lib/faults.so $(B)/tests/crash/fault.so \
            $(B)/tests/crash/plant.so

$(PRELOADS): $(B)/%.so: %.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(CPPFLAGS) -O1 -g $(WARN) -fPIC -shared $< -ldl -o $@

# `make check` needs no other command before it on a fresh machine.
.PHONY: check
check:
	@scripts/deps --check
	@$(MAKE) --no-print-directory -s $(JOBS) all $(B)/tests/unit/unit $(PRELOADS)
	@scripts/check $(B)

# -O1 -g1 builds sooner than -O3 -g does; a sanitizer sees the same, and names
# file and line. What is undefined ends in a trap, of which ASan tells (with
# handle_sigill=1, as tests/run.py sets): a message for each check that there is
# would be ten times as much data as the program has, which ASan guards from the
# start of every process and LeakSanitizer reads through at its end. To be told
# what was undefined: make B=build/ubsan CFLAGS='-O1 -g1' SANITIZE=undefined.
.PHONY: check-sanitize
check-sanitize:
	@scripts/deps --check
	@$(MAKE) --no-print-directory -s $(JOBS) B=build/sanitize CC=gcc \
	    CFLAGS='-O1 -g1 -fsanitize-undefined-trap-on-error' \
	    LDFLAGS=-static-libubsan SANITIZE=address,undefined all build/sanitize/tests/unit/unit \
	    $(PRELOADS:$(B)/%=build/sanitize/%)
	@scripts/check build/sanitize

# Ten times as many kills and power cuts as `make check` has, chosen anew each
# time: what it prints repeats a run (CRASH_SEED=N).
CRASH_CYCLES ?= 2000

.PHONY: check-crash
check-crash:
	@scripts/deps --check
	@$(MAKE) --no-print-directory -s $(JOBS) all $(PRELOADS)
	@B=$(B) CRASH_CYCLES=$(CRASH_CYCLES) \
	    CRASH_SEED=$${CRASH_SEED:-$$(date +%s)} python3 tests/run.py tests/crash

include tests/fuzz.mk

include tests/peers.mk
