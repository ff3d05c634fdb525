# tests/fuzz/: libFuzzer targets, one file each, built by clang with a
# directory of objects of their own; seeds.py makes their first inputs.
#
# `make fuzz-smoke` runs all of them in about a minute; FUZZ_SECONDS=600 gives
# each ten minutes. What crashed one is kept in build/fuzz/crashes.
FUZZ_B        := build/fuzz
FUZZ_SECONDS  ?= 12
FUZZ_SRC      := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_BIN      := $(FUZZ_SRC:%.c=$(B)/%)
FUZZ_SANITIZE := address,undefined,fuzzer-no-link

$(B)/tests/fuzz/%.o: EXTRA += -Iclient

$(FUZZ_BIN): %: %.o $(B)/tests/fuzz/roundtrip.o $(B)/tests/fuzz/value_types.o $(B)/libclient.a \
    $(B)/libserver.a $(COMMON_OBJ)
	$(CC) $(LINK) -fsanitize=fuzzer $(LDFLAGS) $^ $(LIBS) $(STORE_LIBS) -lm -o $@

.PHONY: fuzz-build
fuzz-build: $(FUZZ_BIN)

.PHONY: fuzz-smoke
fuzz-smoke:
	@scripts/deps --fuzz
	@$(MAKE) --no-print-directory -s $(JOBS) B=$(FUZZ_B) CC=clang \
	    CFLAGS='-O1 -g1' SANITIZE=$(FUZZ_SANITIZE) fuzz-build
	@FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/fuzz-smoke $(FUZZ_B)
