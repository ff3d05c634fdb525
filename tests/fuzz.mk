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

# What no target reaches, clang looks at for its warnings alone, which takes it a
# quarter of the time: verbs and what only they call, but for what parsers share.
# A target that comes to need more of it is not linked; FUZZ_KEPT names that then.
FUZZ_KEPT := $(addprefix client/,file/stream.c wire/heads.c measure/call_failure.c \
    measure/hist.c measure/paced.c measure/parts.c measure/result.c measure/stats.c)
FUZZ_FAR  := $(filter-out $(FUZZ_KEPT),$(filter $(addprefix client/,verb_% doctor/% file/% \
    measure/% repl/% wire/%),$(CLIENT_SRC)))
FUZZ_SEEN := $(FUZZ_FAR:%.c=$(B)/%.seen)

$(FUZZ_SEEN): EXTRA += -Iclient -DLIBEXECDIR='""' -DIDLDIR='""'
$(FUZZ_SEEN): $(B)/%.seen: %.c $(B)/flags | $(GEN_HEADERS)
	@mkdir -p $(@D)
	$(COMPILE) $(WARN) -MF $@.d -MT $@ -fsyntax-only $<
	@touch $@

$(B)/libfuzzed.a: $(filter-out $(B)/client/main.o $(FUZZ_FAR:%.c=$(B)/%.o),$(CLIENT_OBJ)) \
    $(GEN_CLNT)
	rm -f $@ && gcc-ar rcs $@ $^

$(FUZZ_BIN): %: %.o $(B)/tests/fuzz/roundtrip.o $(B)/tests/fuzz/value_types.o \
    $(B)/libfuzzed.a $(B)/libserver.a $(COMMON_OBJ)
	$(CC) $(LINK) -fsanitize=fuzzer $(LDFLAGS) $^ $(LIBS) $(STORE_LIBS) -lm -o $@

.PHONY: fuzz-build
fuzz-build: $(FUZZ_BIN) $(FUZZ_SEEN)

.PHONY: fuzz-smoke
fuzz-smoke:
	@scripts/deps --fuzz
	@$(MAKE) --no-print-directory -s $(JOBS) B=$(FUZZ_B) CC=clang \
	    CFLAGS='-O1 -g1' SANITIZE=$(FUZZ_SANITIZE) fuzz-build
	@FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/fuzz-smoke $(FUZZ_B)
