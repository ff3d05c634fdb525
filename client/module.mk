# client/: the client, and the stock baseline that it measures against.
LIBEXECDIR ?= $(PREFIX)/libexec/rpcall
IDLDIR     ?= $(PREFIX)/share/rpcall/idl
SCHEMADIR  ?= $(PREFIX)/share/rpcall/schema
STOCK_SRC  := client/measure/stock_server.c
CLIENT_SRC := $(filter-out $(STOCK_SRC),$(wildcard client/*.c client/*/*.c))
CLIENT_OBJ := $(CLIENT_SRC:%.c=$(B)/%.o)
STOCK_OBJ  := $(STOCK_SRC:%.c=$(B)/%.o) $(B)/server/svc_echo.o \
              $(GEN)/echo_svc.o

$(B)/client/%.o: EXTRA += -Iclient -DLIBEXECDIR='"$(LIBEXECDIR)"' \
                         -DIDLDIR='"$(IDLDIR)"'

# Files that the program holds, as C has texts: scripts for shells, and the
# style and script of the HTML report.
$(B)/client/complete/scripts.o $(B)/client/report/html_style.o: \
    EXTRA += -I$(B)/client
$(B)/client/complete/scripts.o: $(B)/client/complete/rpcall.bash.inc \
    $(B)/client/complete/rpcall.zsh.inc
$(B)/client/report/html_style.o: $(B)/client/report/chart.css.inc \
    $(B)/client/report/page.css.inc $(B)/client/report/page.js.inc

$(B)/client/%.inc: client/%
	@mkdir -p $(@D)
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/' $< >$@

$(B)/rpcall: $(CLIENT_OBJ) $(COMMON_OBJ) $(GEN_CLNT)
	$(CC) $(CFLAGS) $(LINK) $(LDFLAGS) $^ $(LIBS) $(CLIENT_LIBS) -lm -o $@

$(B)/rpcall-stock: $(STOCK_OBJ) $(COMMON_OBJ)
	$(CC) $(CFLAGS) $(LINK) $(LDFLAGS) $^ $(LIBS) -o $@
