// SPDX-License-Identifier: Apache-2.0
// Short messages through AT commands (M66 8, at-reference 5).
#include <string>

#include "emulator/device/messaging.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/service_centre.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/sms/pdu.hpp"
#include "emulator/device/timing.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;
using device::Messaging;

namespace {

const device::sms::Timestamp kTime{10, 9, 25, 17, 25, 1, 32};
constexpr std::string_view kTimeText = "2010/09/25 17:25:01+32";

/// Text mode, as most hosts of these modules use it.
struct TextBench : ModemBench {
  TextBench() { ok("AT+CMGF=1"); }

  void write(std::string_view line, std::string_view text, std::string_view answer) {
    send(line);
    expect_prompt();
    send_raw(std::string{text} + "\x1a");
    if (!answer.starts_with("+CMS")) {
      expect(answer);
      expect("OK");
    } else {
      expect(answer);
    }
    expect_nothing();
  }
};

std::string journal_text(ModemBench& bench) {
  const auto& message = bench.me().messaging().journal().back().message;
  return device::sms::to_utf8(device::sms::text_of(message.data, message.first_octet, message.data_coding));
}

}  // namespace

TEST_CASE("a text message goes out", "[sms][M66 8.8]") {
  TextBench bench;
  bench.write("AT+CMGS=\"+8615021012496\"", "hello {you}", "+CMGS: 1");
  CHECK(device::sms::number_text(bench.me().messaging().journal().back().message.destination) == "+8615021012496");
  CHECK(journal_text(bench) != "hello {you}");  // the octet of { is another letter in the GSM alphabet
  bench.ok("AT+CSCS=\"IRA\"");
  bench.write("AT+CMGS=\"10086\"", "hello {you}", "+CMGS: 2");
  CHECK(journal_text(bench) == "hello {you}");
  CHECK(bench.me().messaging().journal().size() == 2);
}

TEST_CASE("the message reference counts to 255 and begins again", "[sms]") {
  TextBench bench;
  bench.me().messaging().set_last_reference(254);
  bench.write("AT+CMGS=\"1\"", "a", "+CMGS: 255");
  bench.write("AT+CMGS=\"1\"", "a", "+CMGS: 0");
}

TEST_CASE("ESC at the prompt sends nothing", "[sms]") {
  TextBench bench;
  bench.send("AT+CMGS=\"10086\"");
  bench.expect_prompt();
  bench.send_raw("never mind\x1b");
  bench.expect("OK");
  CHECK(bench.me().messaging().journal().empty());
}

TEST_CASE("several lines are prompted for one by one, and echoed with ATE1", "[sms]") {
  TextBench bench;
  bench.send("AT+CMGS=\"10086\"");
  bench.expect_prompt();
  bench.send_raw("one\rtwo\x1a");
  bench.expect_prompt();
  bench.expect("+CMGS: 1");
  bench.expect("OK");
  CHECK(journal_text(bench) == "one\rtwo");

  bench.send("ATE1");
  bench.advance({});
  bench.take();
  bench.send("AT+CMGS=\"1\"");
  bench.expect_raw("AT+CMGS=\"1\"\r\r\n> ");
  bench.send_raw("x\x1a");
  bench.expect_raw("x\r\n+CMGS: 2\r\n\r\nOK\r\n");
}

TEST_CASE("a message in PDU mode", "[sms]") {
  ModemBench bench;
  bench.send("AT+CMGS=18");
  bench.expect_prompt();
  bench.send_raw("0011000B916407281553F80000AA05E8329BFD06\x1a");
  bench.expect("+CMS ERROR: 304");  // 19 octets
  bench.send("AT+CMGS=19");
  bench.expect_prompt();
  bench.send_raw("0011000B916407281553F80000AA05E8329BFD06\x1a");
  bench.expect("+CMGS: 1");
  bench.expect("OK");
  CHECK(journal_text(bench) == "hello");
  const auto& sent = bench.me().messaging().journal().back();
  CHECK(device::sms::number_text(sent.message.destination) == "+46708251358");
  CHECK(device::sms::decode_pdu(sent.pdu)->centre);
}

TEST_CASE("what is no message is refused", "[sms]") {
  ModemBench bench;
  bench.exchange("AT+CMGS=6", {"+CMS ERROR: 514"});
  bench.exchange("AT+CMGS=165", {"+CMS ERROR: 514"});
  bench.exchange("AT+CMGS=\"x\"", {"+CMS ERROR: 514"});
  bench.ok("AT+CMGF=1");
  bench.exchange("AT+CMGS=\"12x\"", {"+CMS ERROR: 514"});
  bench.exchange("AT+CMGS=\"12\",129,1", {"+CMS ERROR: 514"});
  bench.exchange("AT+CMGS", {"+CMS ERROR: 514"});
  bench.send("AT+CMGS=\"12\"");
  bench.expect_prompt();
  bench.send_raw(std::string(161, 'a') + "\x1a");
  bench.expect("+CMS ERROR: 513");
  bench.send("AT+CMGS=\"12\"");
  bench.expect_prompt();
  bench.send_raw(std::string(100'000, 'a') + "\x1a");
  bench.expect("+CMS ERROR: 513");
  bench.ok("AT+CMEE=0");
  bench.exchange("AT+CMGR=99", {"ERROR"});
  bench.ok("AT+CMEE=2");
  bench.exchange("AT+CMGR=99", {"+CMS ERROR: Invalid memory index"});
}

TEST_CASE("a whole 160 characters fit", "[sms]") {
  TextBench bench;
  bench.write("AT+CMGS=\"12\"", std::string(160, 'a'), "+CMGS: 1");
  CHECK(journal_text(bench) == std::string(160, 'a'));
}

TEST_CASE("UCS2 text as hosts send it", "[sms]") {
  TextBench bench;
  bench.ok("AT+CSMP=17,167,0,8");
  SECTION("digits with the character set HEX, the number plain") { bench.ok("AT+CSCS=\"HEX\""); }
  SECTION("UCS2") { bench.ok("AT+CSCS=\"UCS2\""); }
  SECTION("GSM") {}
  bench.write("AT+CMGS=\"15021012496\"", "4F60597D", "+CMGS: 1");
  CHECK(journal_text(bench) == "\u4F60\u597D");
  CHECK(bench.me().messaging().journal().back().message.destination.digits == "15021012496");
  bench.write("AT+CMGS=\"15021012496\"", "4F6", "+CMS ERROR: 305");
}

TEST_CASE("with UCS2 the number is UCS2 as well", "[sms]") {
  TextBench bench;
  bench.ok("AT+CSCS=\"UCS2\"");
  bench.write("AT+CMGS=\"002B00340039\"", "00680069", "+CMGS: 1");
  CHECK(journal_text(bench) == "hi");
  CHECK(device::sms::number_text(bench.me().messaging().journal().back().message.destination) == "+49");
  bench.outside().deliver_sms("+4917", "hi", kTime);
  bench.advance({});
  bench.take();
  bench.exchange(
      "AT+CMGR=1",
      {"+CMGR: \"REC UNREAD\",\"002B0034003900310037\",\"\",\"" + std::string{kTimeText} + "\"\r\n00680069", "OK"});
}

TEST_CASE("a message that arrives is stored and announced", "[sms][M66 8.12]") {
  TextBench bench;
  CHECK(bench.outside().deliver_sms("+8615021012496", "hi @ [you]", kTime) == Messaging::Delivery::stored);
  bench.advance({});
  bench.expect("+CMTI: \"SM\",1");
  bench.ok("AT+CSCS=\"IRA\"");
  const auto header = "\"+8615021012496\",\"\",\"" + std::string{kTimeText} + "\"";
  bench.exchange("AT+CMGR=1,1", {"+CMGR: \"REC UNREAD\"," + header + "\r\nhi @ [you]", "OK"});
  bench.exchange("AT+CMGR=1", {"+CMGR: \"REC UNREAD\"," + header + "\r\nhi @ [you]", "OK"});
  bench.ok("AT+CSDH=1");
  bench.exchange("AT+CMGR=1",
                 {"+CMGR: \"REC READ\"," + header + ",145,4,0,0,\"+8613800210500\",145,12\r\nhi @ [you]", "OK"});
  bench.exchange("AT+CMGL=\"ALL\"", {"+CMGL: 1,\"REC READ\"," + header + ",145,12\r\nhi @ [you]", "OK"});
  bench.ok("AT+CMGR=2");
  bench.ok("AT+CMGL");
}

TEST_CASE("the same in PDU mode", "[sms]") {
  ModemBench bench;
  bench.outside().deliver_sms("+4917", "hellohello", kTime);
  bench.advance({});
  bench.take();
  const auto answer = bench.ask("AT+CMGR=1");
  CHECK(answer.starts_with("\r\n+CMGR: 0,\"\",24\r\n0891683108200105F004049194710000"));
  CHECK(answer.ends_with("0AE8329BFD4697D9EC37\r\n\r\nOK\r\n"));
  CHECK(bench.ask("AT+CMGL=4").starts_with("\r\n+CMGL: 1,1,\"\",24\r\n0891"));
  CHECK(bench.ask("AT+CMGL=0") == "\r\nOK\r\n");
}

TEST_CASE("messages shown at once", "[sms][M66 8.12]") {
  TextBench bench;
  bench.ok("AT+CNMI=2,2");
  CHECK(bench.outside().deliver_sms("+8615021012496", "This is a test", kTime) == Messaging::Delivery::shown);
  bench.advance({});
  bench.expect("+CMT: \"+8615021012496\",\"\",\"" + std::string{kTimeText} + "\"\r\nThis is a test");
  bench.expect_nothing();
  bench.ok("AT+CMGF=0");
  bench.outside().deliver_sms("+8615021012496", "This is a test", kTime);
  bench.advance({});
  const auto urc = bench.take();
  CHECK(urc.starts_with("\r\n+CMT: ,33\r\n08916831082001"));
  bench.exchange("AT+CPMS?", {"+CPMS: \"SM\",0,50,\"SM\",0,50,\"SM\",0,50", "OK"});

  bench.ok("AT+CNMI=2,0");
  CHECK(bench.outside().deliver_sms("12", "quietly", kTime) == Messaging::Delivery::stored);
  bench.advance({});
  bench.expect_nothing();
}

TEST_CASE("a sender with a name, and a text in parts", "[sms]") {
  TextBench bench;
  bench.outside().deliver_sms("Telekom", "\u4F60", kTime);
  bench.outside().deliver_sms("Telekom", std::string(200, 'x'), kTime);
  bench.advance({});
  bench.expect("+CMTI: \"SM\",1");
  bench.expect("+CMTI: \"SM\",2");
  bench.expect_nothing();
  bench.advance(10ms);
  bench.expect("+CMTI: \"SM\",3");
  CHECK(bench.ask("AT+CMGR=1") ==
        "\r\n+CMGR: \"REC UNREAD\",\"Telekom\",\"\",\"" + std::string{kTimeText} + "\"\r\n4F60\r\n\r\nOK\r\n");
  CHECK(bench.ask("AT+CMGR=3").find("\r\n" + std::string(47, 'x') + "\r\n") != std::string::npos);
}

TEST_CASE("parts of a long message come one after the other", "[sms]") {
  device::Timing timing;
  timing.message_part = 3s;
  const bool instant = GENERATE(true, false);
  ModemBench bench{{.configuration = workbench::configured({.timing = instant ? device::Timing{} : timing})}};
  const Duration apart = instant ? Duration{10ms} : Duration{3s};
  CHECK(bench.outside().deliver_sms("+4917", std::string(400, 'x'), kTime) == Messaging::Delivery::stored);
  bench.advance({});
  bench.expect("+CMTI: \"SM\",1");
  for (const auto* next : {"+CMTI: \"SM\",2", "+CMTI: \"SM\",3"}) {
    bench.advance(apart - 1ms);
    bench.expect_nothing();
    bench.advance(1ms);
    bench.expect(next);
    bench.expect_nothing();
  }
  bench.advance(1min);
  bench.expect_nothing();
}

TEST_CASE("what follows a part that does not reach the module is lost", "[sms]") {
  ModemBench bench;
  bench.outside().deliver_sms("+4917", std::string(400, 'x'), kTime);
  bench.advance({});
  bench.expect("+CMTI: \"SM\",1");
  bench.outside().serve(device::RegistrationStatus::searching);
  bench.advance(10ms);
  bench.outside().serve(device::RegistrationStatus::home);
  bench.advance(1min);
  bench.expect_nothing();
  CHECK(bench.log().contains("part 2 of 3 and what follows it did not reach the module"));
}

namespace {

/// A host that wants to know what becomes of its messages.
struct ReportBench : TextBench {
  ReportBench() { ok("AT+CSMP=49,167,0,0"); }
  void send_message(std::string_view number = "+4917") {
    write(fmt::format("AT+CMGS=\"{}\"", number), "hello", fmt::format("+CMGS: {}", ++reference));
  }
  int reference = 0;
};

/// By the clock of a bench, a minute after its start.
constexpr std::string_view kNow = "\"2004/01/01 00:01:00+00\"";
const std::string kNowInPdu = "40101000100000";

std::string report_fields(int reference, int status) {
  return fmt::format("6,{},\"+4917\",145,{},{},{}", reference, kNow, kNow, status);
}

}  // namespace

TEST_CASE("a report comes on a message that asked for one", "[sms][23.040]") {
  ReportBench bench;
  SECTION("AT+CNMI <ds> 0: not to the TE") {
    bench.send_message();
    bench.advance(1min);
    bench.expect_nothing();
  }
  SECTION("<ds> 1: at once, as +CDS") {
    bench.ok("AT+CNMI=2,1,0,1,0");
    bench.send_message();
    bench.expect_nothing();
    bench.advance(10ms);
    bench.expect("+CDS: " + report_fields(1, 0));
    bench.ok("AT+CMGF=0");
    bench.send("AT+CMGS=19");
    bench.expect_prompt();
    bench.send_raw("0031000B916407281553F80000AA05E8329BFD06\x1a");
    bench.expect("+CMGS: 2");
    bench.expect("OK");
    bench.advance(10ms);
    bench.expect("+CDS: 25\r\n0891683108200105F006020B916407281553F8" + kNowInPdu + kNowInPdu + "00");
  }
  SECTION("<ds> 2: stored, and +CDSI tells where") {
    bench.ok("AT+CNMI=2,1,0,2,0");
    bench.exchange("AT+CPMS=\"SM\",\"SM\",\"ME\"", {"+CPMS: 0,50,0,50,0,10", "OK"});
    bench.send_message();
    bench.advance(10ms);
    bench.expect("+CDSI: \"ME\",1");
  }
  SECTION("without TP-SRR there is none") {
    bench.ok("AT+CNMI=2,1,0,1,0");
    bench.ok("AT+CSMP=17");
    bench.send_message();
    bench.advance(1min);
    bench.expect_nothing();
  }
}

TEST_CASE("a report that is stored is read like a message", "[sms][27.005 4.2]") {
  ReportBench bench;
  bench.ok("AT+CNMI=2,1,0,2,0");
  bench.send_message();
  bench.advance(10ms);
  bench.expect("+CDSI: \"SM\",1");
  bench.exchange("AT+CMGL=\"REC UNREAD\",1", {"+CMGL: 1,\"REC UNREAD\"," + report_fields(1, 0), "OK"});
  bench.exchange("AT+CMGR=1", {"+CMGR: \"REC UNREAD\"," + report_fields(1, 0), "OK"});
  bench.exchange("AT+CMGR=1", {"+CMGR: \"REC READ\"," + report_fields(1, 0), "OK"});
  bench.ok("AT+CMGF=0");
  const std::string pdu = "0891683108200105F0060104919471" + kNowInPdu + kNowInPdu + "00";
  bench.exchange("AT+CMGR=1", {"+CMGR: 1,\"\",21\r\n" + pdu, "OK"});
  bench.exchange("AT+CMGL=4", {"+CMGL: 1,1,\"\",21\r\n" + pdu, "OK"});
  bench.ok("AT+CMGD=1");
  bench.exchange("AT+CPMS?", {"+CPMS: \"SM\",0,50,\"SM\",0,50,\"SM\",0,50", "OK"});
}

TEST_CASE("a report takes the network's time, and tells it", "[sms]") {
  device::Timing timing;
  timing.round_trip = 1s;
  timing.report = 6s;
  ModemBench bench{{.configuration = workbench::configured({.timing = timing})}};
  bench.ok("AT+CMGF=1;+CSMP=49;+CNMI=2,1,0,1,0");
  bench.ok("AT+CCLK=\"15/06/15,12:00:00+08\"");
  bench.send("AT+CMGS=\"+4917\"");
  bench.expect_prompt();
  bench.send_raw("hello\x1a");
  bench.advance(1s);
  bench.expect("+CMGS: 1");
  bench.expect("OK");
  bench.advance(6s - 1ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect("+CDS: 6,1,\"+4917\",145,\"2015/06/15 12:00:01+08\",\"2015/06/15 12:00:07+08\",0");
}

TEST_CASE("what a report says is the centre's to decide", "[sms]") {
  ReportBench bench;
  bench.ok("AT+CNMI=2,1,0,1,0");
  auto& centre = bench.me().service_centre();
  centre.set_status(device::delivery_status::kPending);
  bench.send_message();
  bench.advance(10ms);
  bench.expect("+CDS: " + report_fields(1, 34));
  centre.report(*bench.me().messaging().find_sent(1), device::delivery_status::kDelivered);
  bench.advance({});
  bench.expect("+CDS: " + report_fields(1, 0));
  centre.set_status(std::nullopt);
  bench.send_message();
  bench.advance(1min);
  bench.expect_nothing();
  CHECK_FALSE(bench.me().messaging().find_sent(3));
}

TEST_CASE("a report on a message of a module that is off by now is lost", "[sms]") {
  ReportBench bench;
  bench.send_message();
  bench.send("AT+QPOWD=1");
  bench.advance(1min);
  CHECK(bench.log().contains("the report on message 1 did not reach the module"));
}

TEST_CASE("with AT+CSMS=1 what is shown waits for AT+CNMA", "[sms][27.005 3.4.4]") {
  ReportBench bench;
  bench.ok("AT+CNMI=2,2,0,1,0");
  bench.exchange("AT+CNMA", {"+CMS ERROR: 340"});
  bench.exchange("AT+CSMS=1", {"+CSMS: 1,1,1", "OK"});
  bench.exchange("AT+CNMA", {"+CMS ERROR: 340"});
  bench.send_message();
  bench.advance(10ms);
  bench.expect("+CDS: " + report_fields(1, 0));
  const auto message = "+CMT: \"+4917\",\"\",\"" + std::string{kTimeText} + "\"\r\n";
  bench.outside().deliver_sms("+4917", "one", kTime);
  bench.outside().deliver_sms("+4917", "two", kTime);
  bench.advance(1s);
  bench.expect_nothing();

  SECTION("each lets the next one come") {
    for (const auto& [acknowledge, text] : {std::pair{"AT+CNMA", "one"}, std::pair{"AT+CNMA=1", "two"}}) {
      bench.ok(acknowledge);
      bench.advance(9ms);
      bench.exchange("AT+CNMA", {"+CMS ERROR: 340"});  // the network has not sent it yet
      bench.advance(1ms);
      bench.expect(message + text);
    }
    bench.exchange("AT+CNMA=0", {"OK"});
    bench.exchange("AT+CNMA=1", {"+CMS ERROR: 340"});
  }
  SECTION("a PDU may say why") {
    bench.ok("AT+CMGF=0");
    bench.exchange("AT+CNMA=?", {"+CNMA: (0-2)", "OK"});
    bench.send("AT+CNMA=1,2");
    bench.expect_prompt();
    bench.send_raw("0000\x1a");
    bench.expect("OK");
    bench.advance(10ms);
    CHECK(bench.take().starts_with("\r\n+CMT: ,"));
  }
  SECTION("without it the module shows nothing any more") {
    bench.advance(13s);
    bench.exchange("AT+CNMI?", {"+CNMI: 2,2,0,1,0", "OK"});
    bench.advance(1s);
    bench.expect_nothing();
    bench.exchange("AT+CNMI?", {"+CNMI: 2,0,0,0,0", "OK"});
    bench.exchange("AT+CPMS?", {"+CPMS: \"SM\",2,50,\"SM\",2,50,\"SM\",2,50", "OK"});
    bench.exchange("AT+CNMA", {"+CMS ERROR: 340"});
  }
  SECTION("nor when the factory's or the stored settings take it back") {
    bench.ok("AT+CNMA");  // the first of them is still on its way
    const auto* restore = GENERATE("AT&F", "ATZ");
    bench.send(restore);
    bench.expect("OK");
    const auto shown = bench.take();  // as PDUs: AT+CMGF is 0 again
    CHECK(shown.find("+CMT: ,18") != shown.rfind("+CMT: ,18"));
    bench.advance(1min);
    bench.expect_nothing();
  }
  SECTION("nor with another service") {
    const auto* other = GENERATE("AT+CSMS=0", "AT+CSMS=128");
    bench.exchange(other, {"+CSMS: 1,1,1", "OK", message + "one", message + "two"});
    bench.advance(1min);
    bench.exchange("AT+CNMI?", {"+CNMI: 2,2,0,1,0", "OK"});
  }
}

TEST_CASE("a PDU that is longer than TP-UDL says", "[sms]") {
  device::Configuration configuration;
  SECTION("is refused, with the reason in the log") {
    ModemBench bench{{.configuration = workbench::configured(configuration)}};
    bench.send("AT+CMGS=21");
    bench.expect_prompt();
    bench.send_raw("0011000B916407281553F80000AA05E8329BFD060000\x1a");
    bench.expect("+CMS ERROR: 304");
    CHECK(bench.log().contains("a PDU with 2 octets behind the user data that TP-UDL announces is refused"));
  }
  SECTION("is taken without them by firmware that does") {
    configuration.firmware.long_pdu = true;
    ModemBench bench{{.configuration = workbench::configured(configuration)}};
    bench.send("AT+CMGS=21");
    bench.expect_prompt();
    bench.send_raw("0011000B916407281553F80000AA05E8329BFD060000\x1a");
    bench.expect("+CMGS: 1");
    bench.expect("OK");
    CHECK(journal_text(bench) == "hello");
    const auto pdu = device::sms::decode_pdu(bench.me().messaging().journal().back().pdu);
    CHECK(pdu->tpdu.size() == 19);
  }
}

TEST_CASE("status reports", "[sms]") {
  TextBench bench;
  const auto report = device::sms::encode(
      device::sms::Pdu{bench.me().messaging().centre(),
                       device::sms::encode(device::sms::StatusReport{.reference = 7,
                                                                     .recipient = *device::sms::parse_number("+4917"),
                                                                     .time = kTime,
                                                                     .discharge = kTime,
                                                                     .status = 0})});
  CHECK(bench.outside().deliver_pdu(report) == Messaging::Delivery::dropped);
  bench.ok("AT+CNMI=2,1,0,1,0");
  bench.outside().deliver_pdu(report);
  bench.advance({});
  const auto time = "\"" + std::string{kTimeText} + "\"";
  bench.expect("+CDS: 6,7,\"+4917\",145," + time + "," + time + ",0");
  bench.ok("AT+CNMI=2,1,0,2,0");
  bench.outside().deliver_pdu(report);
  bench.advance({});
  bench.expect("+CDSI: \"SM\",1");
  CHECK(bench.outside().deliver_pdu(Bytes{1, 2, 3}) == Messaging::Delivery::failed);
}

TEST_CASE("storage: writing, sending, deleting", "[sms]") {
  TextBench bench;
  bench.write("AT+CMGW=\"10086\"", "one", "+CMGW: 1");
  bench.write("AT+CMGW=\"10086\",129,\"STO SENT\"", "two", "+CMGW: 2");
  bench.write("AT+CMGW", "three", "+CMGW: 3");
  bench.exchange("AT+CMGR=1", {"+CMGR: \"STO UNSENT\",\"10086\",\"\"\r\none", "OK"});
  bench.exchange("AT+CMSS=1", {"+CMSS: 1", "OK"});
  bench.exchange("AT+CMGL=\"STO SENT\"",
                 {"+CMGL: 1,\"STO SENT\",\"10086\",\"\"\r\none\r\n+CMGL: 2,\"STO SENT\",\"10086\",\"\"\r\ntwo", "OK"});
  bench.exchange("AT+CMSS=3", {"+CMS ERROR: 514"});
  bench.exchange("AT+CMSS=3,\"123\"", {"+CMSS: 2", "OK"});
  bench.exchange("AT+CMSS=9", {"+CMS ERROR: 321"});
  bench.exchange("AT+CMGD=61", {"+CMS ERROR: 321"});
  bench.exchange("AT+CMGD=0", {"+CMS ERROR: 321"});
  bench.ok("AT+CMGD=1");
  bench.ok("AT+CMGD=1");
  bench.exchange("AT+CPMS?", {"+CPMS: \"SM\",2,50,\"SM\",2,50,\"SM\",2,50", "OK"});
  bench.ok("AT+CMGD=1,2");
  bench.exchange("AT+CPMS?", {"+CPMS: \"SM\",0,50,\"SM\",0,50,\"SM\",0,50", "OK"});
}

TEST_CASE("AT+QMGDA in words and numbers", "[sms][M66 8.19]") {
  TextBench bench;
  bench.outside().deliver_sms("1", "a", kTime);
  bench.outside().deliver_sms("1", "b", kTime);
  bench.advance({});
  bench.take();
  bench.write("AT+CMGW=\"1\"", "c", "+CMGW: 3");
  bench.ask("AT+CMGR=1");
  bench.ok("AT+QMGDA=\"DEL READ\"");
  bench.exchange("AT+CPMS?", {"+CPMS: \"SM\",2,50,\"SM\",2,50,\"SM\",2,50", "OK"});
  bench.ok("AT+QMGDA=\"DEL INBOX\"");
  bench.exchange("AT+CPMS?", {"+CPMS: \"SM\",1,50,\"SM\",1,50,\"SM\",1,50", "OK"});
  bench.ok("AT+QMGDA=6");
  bench.exchange("AT+CPMS?", {"+CPMS: \"SM\",0,50,\"SM\",0,50,\"SM\",0,50", "OK"});
  bench.exchange("AT+QMGDA=7", {"+CMS ERROR: 514"});
}

TEST_CASE("memories, their limits, and what lasts", "[sms][M66 8.4]") {
  ModemBench bench;
  bench.exchange("AT+CPMS=\"ME\",\"ME\",\"ME\"", {"+CPMS: 0,10,0,10,0,10", "OK"});
  for (int i = 0; i < 10; ++i) CHECK(bench.outside().deliver_sms("1", "a", kTime) == Messaging::Delivery::stored);
  CHECK(bench.outside().deliver_sms("1", "a", kTime) == Messaging::Delivery::memory_full);
  bench.advance({});
  bench.take();
  bench.send("AT+CMGW=19");
  bench.expect_prompt();
  bench.send_raw("0011000B916407281553F80000AA05E8329BFD06\x1a");
  bench.expect("+CMS ERROR: 322");
  bench.exchange("AT+CPMS=\"MT\"", {"+CPMS: 10,60,10,10,10,10", "OK"});
  CHECK(bench.ask("AT+CMGR=51").starts_with("\r\n+CMGR: 0,"));
  bench.exchange("AT+CPMS=\"XX\"", {"+CMS ERROR: 514"});
  bench.ok("AT+CSCA=\"+447700900900\",145");
  bench.replug();
  bench.exchange("AT+CPMS?", {"+CPMS: \"SM\",0,50,\"SM\",0,50,\"SM\",0,50", "OK"});
  bench.exchange("AT+CPMS=\"ME\"", {"+CPMS: 10,10,0,50,0,50", "OK"});
  bench.exchange("AT+CSCA?", {"+CSCA: \"+447700900900\",145", "OK"});
}

TEST_CASE("test and read forms", "[sms]") {
  ModemBench bench;
  bench.exchange("AT+CNMI?", {"+CNMI: 2,1,0,0,0", "OK"});
  bench.exchange("AT+CNMI=?", {"+CNMI: (0-3),(0-3),(0,2,3),(0-2),(0,1)", "OK"});
  bench.exchange("AT+CNMI=2,4", {"+CMS ERROR: 514"});
  bench.exchange("AT+CSMS?", {"+CSMS: 0,1,1,1", "OK"});
  bench.exchange("AT+CSMS=1", {"+CSMS: 1,1,1", "OK"});
  bench.exchange("AT+CSMS=128", {"+CSMS: 1,1,1", "OK"});  // oFono
  bench.exchange("AT+CSMS?", {"+CSMS: 128,1,1,1", "OK"});
  bench.exchange("AT+CSMS=2", {"+CMS ERROR: 514"});
  bench.exchange("AT+CSMS=?", {"+CSMS: (0,1,128)", "OK"});
  bench.exchange("AT+CSMP?", {"+CSMP: 17,167,0,0", "OK"});
  bench.exchange("AT+CSDH=?", {"+CSDH: (0,1)", "OK"});
  bench.exchange("AT+CSCB?", {"+CSCB: 0,\"\",\"\"", "OK"});
  bench.ok("AT+CSCB=0,\"50\"");
  bench.exchange("AT+CSCB?", {"+CSCB: 0,\"50\",\"\"", "OK"});
  bench.exchange("AT+CMGL=?", {"+CMGL: (0-4)", "OK"});
  bench.exchange("AT+CMGD=?", {"+CMGD: (1-50),(0-4)", "OK"});
  bench.exchange("AT+QMGDA=?", {"+QMGDA: (1-6)", "OK"});
  bench.exchange("AT+CPMS=?", {"+CPMS: (\"SM\",\"ME\",\"MT\"),(\"SM\",\"ME\",\"MT\"),(\"SM\",\"ME\",\"MT\")", "OK"});
  bench.ok("AT+CMGS=?");
  bench.ok("AT+CMGW=?");
  bench.ok("AT+QSMSCODE=0");
}

TEST_CASE("settings of messages are in the profile", "[sms][M66 2.14]") {
  ModemBench bench;
  bench.ok("AT+CNMI=1,2,0,1,0;+CSDH=1;&W");
  bench.replug();
  bench.exchange("AT+CNMI?", {"+CNMI: 1,2,0,1,0", "OK"});
  bench.ok("AT&F");
  bench.ask("ATE0");
  bench.exchange("AT+CNMI?", {"+CNMI: 2,1,0,0,0", "OK"});
}

TEST_CASE("no SIM, no messages", "[sms]") {
  ModemBench bench{{.configuration = workbench::configured({.sim = device::Sim::none()}), .ready = Ready::booted}};
  for (const auto line : {"AT+CMGL", "AT+CPMS?", "AT+CMGR=1", "AT+CMGS=20", "AT+CSCA?"})
    bench.exchange(line, {"+CMS ERROR: 310"});
  CHECK(bench.outside().deliver_sms("1", "a") == Messaging::Delivery::failed);
}

TEST_CASE("no network, no sending", "[sms]") {
  TextBench bench;
  bench.ok("AT+CFUN=4");
  bench.exchange("AT+CMGS=\"1\"", {"+CMS ERROR: 331"});
  CHECK(bench.outside().deliver_sms("1", "a") == Messaging::Delivery::failed);
}

TEST_CASE("the supply is cut while a message is under way", "[sms]") {
  device::Timing timing;
  timing.round_trip = 2s;
  ModemBench bench{{.configuration = workbench::configured({.timing = timing})}};
  bench.ok("AT+CMGF=1");
  bench.send("AT+CMGS=\"10086\"");
  bench.expect_prompt();
  bench.send_raw("lost\x1a");
  bench.advance(1999ms);
  bench.expect_nothing();
  bench.replug();
  bench.advance(1min);
  bench.expect_nothing();
  CHECK(bench.me().messaging().journal().empty());
}

TEST_CASE("storage that fails", "[sms]") {
  TextBench bench;
  bench.write("AT+CMGW=\"1\"", "a", "+CMGW: 1");
  bench.send("AT+CMGW=\"1\"");
  bench.expect_prompt();
  bench.faulty_flash().fail_operation(1);
  bench.send_raw("b\x1a");
  bench.expect("+CMS ERROR: 320");
  bench.faulty_flash().fail_operation(1);
  bench.exchange("AT+CMGD=1", {"+CMS ERROR: 320"});
  bench.exchange("AT+CPMS?", {"+CPMS: \"SM\",1,50,\"SM\",1,50,\"SM\",1,50", "OK"});
}

TEST_CASE("service 128 asks for no acknowledgement", "[sms][CSMS][clients 3.6]") {
  ModemBench bench;
  bench.exchange("AT+CSMS=128", {"+CSMS: 1,1,1", "OK"});
  bench.ok("AT+CNMI=2,2,0,0,0");
  bench.outside().deliver_sms("1", "one");
  bench.outside().deliver_sms("1", "two");
  bench.advance({});
  const auto shown = bench.take();
  CHECK(shown.find("+CMT: ") != shown.rfind("+CMT: "));  // the second does not wait for AT+CNMA
}
