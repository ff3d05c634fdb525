"""Interfaces of the kind that others publish: an instrument's, as VXI-11 specifies it."""
import json
import os
import struct
import tempfile

from tests.lib.command import succeeds
from tests.lib.harness import equal, expect, test
from tests.lib.xdr import opaque, uint

# From the tables of procedures and parameters of VXI-11 (TCP/IP instrument protocol): a core
# channel, an abort channel of its own program, and interrupts that go the other way. As its
# users write .x files: long and char, comments at the end of lines, an enum without values.
INSTRUMENT = """
/* Links to devices behind one network instrument. */
typedef long Device_Link;
typedef long Device_Flags;	/* bit 0 waitlock, bit 3 end, bit 7 termchrset */
typedef long Device_ErrorCode;
enum Device_AddrFamily { DEVICE_TCP, DEVICE_UDP };

struct Device_Error { Device_ErrorCode error; };

struct Create_LinkParms {
	long clientId;
	bool lockDevice;
	unsigned long lock_timeout;	/* ms */
	string device<>;
};
struct Create_LinkResp {
	Device_ErrorCode error;
	Device_Link lid;
	unsigned short abortPort;
	unsigned long maxRecvSize;
};
struct Device_WriteParms {
	Device_Link lid;
	unsigned long io_timeout;
	unsigned long lock_timeout;
	Device_Flags flags;
	opaque data<>;
};
struct Device_WriteResp { Device_ErrorCode error; unsigned long size; };
struct Device_ReadParms {
	Device_Link lid;
	unsigned long requestSize;
	unsigned long io_timeout;
	unsigned long lock_timeout;
	Device_Flags flags;
	char termChar;
};
struct Device_ReadResp { Device_ErrorCode error; long reason; opaque data<>; };
struct Device_ReadStbResp { Device_ErrorCode error; unsigned char stb; };
struct Device_GenericParms {
	Device_Link lid;
	Device_Flags flags;
	unsigned long lock_timeout;
	unsigned long io_timeout;
};
struct Device_RemoteFunc {
	unsigned long hostAddr;
	unsigned short hostPort;
	unsigned long progNum;
	unsigned long progVers;
	Device_AddrFamily progFamily;
};
struct Device_EnableSrqParms { Device_Link lid; bool enable; opaque handle<40>; };
struct Device_LockParms { Device_Link lid; Device_Flags flags; unsigned long lock_timeout; };
struct Device_DocmdParms {
	Device_Link lid;
	Device_Flags flags;
	unsigned long io_timeout;
	unsigned long lock_timeout;
	long cmd;
	bool network_order;
	long datasize;
	opaque data_in<>;
};
struct Device_DocmdResp { Device_ErrorCode error; opaque data_out<>; };
struct Device_SrqParms { opaque handle<>; };

program DEVICE_ASYNC {
	version DEVICE_ASYNC_VERSION {
		Device_Error device_abort(Device_Link) = 1;
	} = 1;
} = 0x0607B0;

program DEVICE_CORE {
	version DEVICE_CORE_VERSION {
		Create_LinkResp create_link(Create_LinkParms) = 10;
		Device_WriteResp device_write(Device_WriteParms) = 11;
		Device_ReadResp device_read(Device_ReadParms) = 12;
		Device_ReadStbResp device_readstb(Device_GenericParms) = 13;
		Device_Error device_trigger(Device_GenericParms) = 14;
		Device_Error device_clear(Device_GenericParms) = 15;
		Device_Error device_remote(Device_GenericParms) = 16;
		Device_Error device_local(Device_GenericParms) = 17;
		Device_Error device_lock(Device_LockParms) = 18;
		Device_Error device_unlock(Device_Link) = 19;
		Device_Error device_enable_srq(Device_EnableSrqParms) = 20;
		Device_DocmdResp device_docmd(Device_DocmdParms) = 22;
		Device_Error destroy_link(Device_Link) = 23;
		Device_Error create_intr_chan(Device_RemoteFunc) = 25;
		Device_Error destroy_intr_chan(void) = 26;
	} = 1;
} = 0x0607AF;

program DEVICE_INTR {
	version DEVICE_INTR_VERSION {
		void device_intr_srq(Device_SrqParms) = 30;
	} = 1;
} = 0x0607B1;
"""


@test("an interface as VXI-11 specifies it is checked, listed, encoded and decoded")
def instrument():
    with tempfile.TemporaryDirectory(prefix="rpcall-") as place:
        path = os.path.join(place, "vxi11.x")
        with open(path, "w", encoding="ascii") as f:
            f.write(INSTRUMENT)
        # Numbers that begin at 10 are sound, but rpcgen -t makes no table of them.
        findings = [line for line in succeeds("rpcall", "check", path).splitlines()
                    if line.startswith(path)]
        expect(len(findings) == 2 and all("warning: rpcgen -t" in line for line in findings),
               findings)
        out = succeeds("rpcall", "list", path)
        for name in ("DEVICE_CORE", "DEVICE_ASYNC", "DEVICE_INTR"):
            expect(name in out, out)
        equal(succeeds("rpcall", "encode", "-i", path, "DEVICE_CORE/1.create_link",
                       '{"clientId": 7, "lockDevice": false, "lock_timeout": 500, '
                       '"device": "inst0"}').strip(),
              "hex:" + (uint(7, 0, 500) + opaque(b"inst0")).hex(), "create_link")
        answer = struct.pack(">ii", 0, 4) + opaque(b"VOLTS 1.5\n")
        equal(json.loads(succeeds("rpcall", "decode", "-i", path, "device_read",
                                  "hex:" + answer.hex())),
              {"error": 0, "reason": 4, "data": "hex:" + b"VOLTS 1.5\n".hex()}, "device_read")
