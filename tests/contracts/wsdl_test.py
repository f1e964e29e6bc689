"""Whether a SOAP client that Kelisim did not write understands contracts/wsdl: zeep, of Debian, unmodified."""
import json
import pathlib
import subprocess
import unittest
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

# Under Debian's own Python, whose zeep it is; another python3 may come first in the path.
PYTHON = "/usr/bin/python3"
READ = """
import json, pathlib, sys
import zeep
found = {}
for path in sys.argv[1:]:
    for service in zeep.Client(path).wsdl.services.values():
        for port in service.ports.values():
            found[service.name] = {
                "port": port.name, "binding": str(port.binding.name), "address": port.binding_options["address"],
                "operations": sorted(
                    [name, operation.soapaction, str(operation.input.body.qname), str(operation.output.body.qname)]
                    for name, operation in port.binding.all().items())}
print(json.dumps(found))
"""
# An unmodified client writes the wrapper qualified and everything in it unqualified.
WRITE = """
import sys
import zeep
from lxml import etree
client = zeep.Client(sys.argv[1])
message = client.create_message(
    client.service, "SendMessage",
    request={"requestInfo": {"messageId": "M", "serviceId": "S", "messageDate": "2026-01-15T10:00:00",
                             "sender": {"senderId": "T"}}, "requestData": {"data": "x"}})
print(etree.tostring(message).decode())
"""

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SYNC = "{http://bip.bee.kz/SyncChannel/v10/Types}"
ASYNC = "{http://bip.bee.kz/AsyncChannel/v10/Types}"
CLIENT = "{http://bip.bee.kz/AsyncChannel/v10/Types/Client}"
KDP = "{http://service.2fa-chain.kz/ns/kdp}"
FACADE = "{http://data.gbd.chdb.scb.kz/}"


def usual(name, ns):
    return [name, "", f"{ns}{name}", f"{ns}{name}Response"]


# wire.md A1, the spelling of "Massage" included
EXPECTED = {
    "ISyncChannelHttpService": ("SyncChannelHttpPort",
                                "{http://bip.bee.kz/SyncChannel/v10/Interfaces/Binding2}SyncChannelHttpBinding",
                                [usual("SendMessage", SYNC)]),
    "AsyncChannelHttpService": ("AsyncChannelHttpPort",
                                "{http://bip.bee.kz/AsyncChannel/v10/Interfaces/Binding}AsyncChannelHttpBinding",
                                [usual("getMessageStatus", ASYNC), usual("getMessages", ASYNC),
                                 usual("sendDeliveryNotification", ASYNC), usual("sendMessage", ASYNC)]),
    "AsyncChannelClientHttpService": (
        "AsyncChannelClientHttpPort",
        "{http://bip.bee.kz/AsyncChannel/v10/Interfaces/Client/Binding}AsyncChannelClientHttpBinding",
        [usual("changeMassageStatusNotification", CLIENT), usual("sendMessage", ASYNC)]),
    "KdpHttpService": ("KdpHttpPort", "{urn:kelisim:kdp:interface:binding}KdpHttpBinding",
                       [["SendMessage", "", SYNC + "SendMessage", KDP + "sendMessageResponse"],
                        ["sendMessage", "", KDP + "sendMessageRequest", KDP + "sendMessageResponse"]]),
    "PersonalDataAccessControlImplService": (
        "PersonalDataAccessControlImplPort", FACADE + "PersonalDataAccessControlImplServiceSoapBinding",
        [[name, "", FACADE + name, FACADE + name + "Response"]
         for name in ("getPersonDataAccessControl", "getPersonDataAccessControlForESBD")]),
}


def run(script, *paths):
    done = subprocess.run([PYTHON, "-B", "-c", script, *map(str, paths)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


class Wsdl(unittest.TestCase):
    maxDiff = None

    def test_zeep_finds_what_clients_know(self):
        services = [path for path in sorted((ROOT / "contracts/wsdl").glob("*.wsdl"))
                    if "<wsdl:service" in path.read_text(encoding="utf-8")]
        found = json.loads(run(READ, *services))
        self.assertEqual(sorted(found), sorted(EXPECTED))
        for name, (port, binding, operations) in EXPECTED.items():
            self.assertEqual(found[name]["port"], port)
            self.assertEqual(found[name]["binding"], binding)
            for given, expected in zip(found[name]["operations"], operations, strict=True):
                self.assertEqual(given, expected)

    def test_zeep_leaves_children_unqualified(self):
        text = run(WRITE, ROOT / "contracts/wsdl/SyncChannelHttp_Service.wsdl")
        self.assertIn('SendMessage xmlns:', text)
        self.assertIn("<request><requestInfo><messageId>M</messageId><serviceId>S</serviceId>", text)
        self.assertIn("<sender><senderId>T</senderId></sender></requestInfo><requestData><data", text)

    def test_messages_are_named_as_clients_know_them(self):
        """wire.md A1: message, part and element of each fault, which zeep does not show."""
        expected = {
            "ISyncChannel": [("SendMessage_sendMessageFaultMsg", "sendMessageFault",
                              "typ:SendMessageFault1_SendMessageFault")],
            "IAsyncChannel": [(f"{name}_{name}FaultMsg", f"{name}Fault", f"typ:{name}Fault1_{name}Fault")
                              for name in ("sendMessage", "sendDeliveryNotification", "getMessageStatus",
                                           "getMessages")],
            "IAsyncChannelClient": [(f"{name}_{name}FaultMsg", f"{name}Fault", f"{prefix}:{name}Fault1_{name}Fault")
                                    for prefix, name in (("typ", "sendMessage"),
                                                         ("client", "changeMassageStatusNotification"))],
        }
        for file, faults in expected.items():
            root = xml.parse(ROOT / "contracts/wsdl" / f"{file}.wsdl").getroot()
            found = [(message.get("name"), part.get("name"), part.get("element"))
                     for message in root.iter(WSDL + "message") for part in message.iter(WSDL + "part")]
            self.assertEqual([each for each in found if "Fault" in each[0]], faults)
            self.assertEqual(len(found), 3 * len(faults))


if __name__ == "__main__":
    unittest.main()
