# What a user runs: the comparison, installing, help.

.PHONY: deps
deps:
	@scripts/deps

# Dependencies first: rpcgen runs while the makefile's targets are built.
.PHONY: compare
compare:
	@scripts/deps
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@scripts/compare $(B)

# The table of goals, beside other people's servers where they are installed.
.PHONY: bench
bench:
	@scripts/deps --bench
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@B=$(B) scripts/bench --out out

.PHONY: bench-growth
bench-growth:
	@scripts/deps --bench
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@B=$(B) scripts/bench-growth --out out/growth

# What many cores and many hosts would meet first, as far as two cores can tell.
.PHONY: bench-fleet
bench-fleet:
	@scripts/deps
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@B=$(B) scripts/with-rpcbind scripts/bench-fleet

# Every row of it, in no time: that each can be measured.
.PHONY: bench-smoke
bench-smoke:
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@B=$(B) scripts/bench --smoke --out $(B)/bench-smoke
	@B=$(B) scripts/bench-growth --smoke --out $(B)/bench-smoke/growth
	@B=$(B) scripts/with-rpcbind scripts/bench-fleet --smoke

.PHONY: install
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/sbin \
	    $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(IDLDIR) $(DESTDIR)$(SCHEMADIR)
	install -m 755 $(B)/rpcall $(DESTDIR)$(PREFIX)/bin/rpcall
	install -m 755 $(B)/rpcalld $(DESTDIR)$(PREFIX)/sbin/rpcalld
	install -m 755 $(B)/rpcall-stock $(DESTDIR)$(LIBEXECDIR)/rpcall-stock
	install -m 644 idl/*.x idl/foreign/*.x $(DESTDIR)$(IDLDIR)/
	install -m 644 client/report/schema/*.json $(DESTDIR)$(SCHEMADIR)/
	install -D -m 644 client/complete/rpcall.bash \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/rpcall
	install -D -m 644 client/complete/rpcall.zsh \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_rpcall
	scripts/etc-rpc $(DESTDIR)/etc/rpc

.PHONY: help
help:
	@echo 'make            build rpcalld, rpcall and rpcall-stock in build/'
	@echo 'make compare    build, and compare all mechanisms (results in out/)'
	@echo 'make check      build, and run all tests'
	@echo 'make check-sanitize  the tests again under ASan and UBSan'
	@echo 'make check-crash     2,000 kills (CRASH_CYCLES) and 50 power cuts of the store'
	@echo 'make fuzz-smoke      every fuzz target, one minute in all'
	@echo 'make bench           the table of goals, held against others (results in out/)'
	@echo 'make bench-growth    how cost grows with payloads, calls under way, connections'
	@echo 'make bench-fleet     what many cores and many hosts would meet first'
	@echo 'make bench-smoke     that each of its rows can be measured'
	@echo 'make install    into PREFIX (/usr/local), below DESTDIR'
	@echo 'make clean      remove build/ and out/'
	@echo 'make deps       install what is missing (Debian)'
	@echo 'Variables: CC CFLAGS PREFIX DESTDIR B (build directory)'
