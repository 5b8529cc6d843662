// SPDX-License-Identifier: Apache-2.0
// What a snapshot holds of HTTP, FTP, mail and MQTT.
#include "emulator/app/control/snapshot.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include <fmt/core.h>

#include "emulator/app/control/dispatch.hpp"
#include "emulator/device/ftp.hpp"
#include "emulator/device/http.hpp"
#include "emulator/device/mailer.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/mqtt.hpp"
#include "emulator/workbench/ftp_peer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/control_desk.hpp"

using namespace quasimodem;
using namespace quasimodem::app;
using namespace quasimodem::app::control;

namespace {

struct Desk final : test::ControlDesk {
  device::MobileEquipment& me() { return bench.me(); }
  std::string request(std::string_view line) {
    std::string reply;
    dispatch(
        line, *this, *this, [&](const Json& json) { reply = app::to_text(json); }, [] {});
    return reply;
  }
  /// As over the socket.
  std::string snapshot() { return app::to_text(take_snapshot(*this)); }
  std::string restore(std::string_view snapshot) {
    const auto json = parse_json(snapshot);
    REQUIRE(json);
    const auto restored = restore_snapshot(*this, *json);
    return restored ? app::to_text(*restored) : restored.error();
  }
  void replug() {
    bench.replug();
    bench.advance(1min);
    bench.ask("ATE0");
    bench.take();
  }
};

constexpr std::string_view kNothingMissing =
    R"({"missing_certificates":[],"missing_files":[],"missing_attachments":[]})";

/// Every octet that a text of the TE's may have.
std::string all_octets() {
  std::string text;
  for (int octet = 0; octet < 256; ++octet) text += static_cast<char>(octet);
  return text;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

}  // namespace

// The bindings name every member: one that is added does not compile here before it is in the snapshot's test.
TEST_CASE("A snapshot has every setting of HTTP, FTP, mail and MQTT, octet by octet", "[snapshot]") {
  Desk desk;
  const auto octets = all_octets();
  {
    auto& [url, own_head, content_type, request_time] = desk.me().http().settings;
    url = octets;
    own_head = true;
    content_type = "text/csv";
    request_time = 65535;
  }
  {
    auto& [user, password, path, transfer, offset, place, place_text, unknown] = desk.me().ftp().settings;
    user = octets + "u";
    password = octets + "p";
    path = "/p/" + octets;
    auto& [type, mode] = transfer;
    type = net::ftp::Client::Type::ascii;
    mode = net::ftp::Client::Mode::passive;
    offset = 0x7FFFFFFF;
    place_text = "/RAM/dwl";
    place = *device::Ftp::Place::parse(place_text);
    unknown = 7;
  }
  {
    auto& [server, port, user, password, mail] = desk.me().mailer().settings;
    server = "mail.example";
    port = 65535;
    user = octets + "u";
    password = octets + "p";
    auto& [sender_name, sender, recipients, subject, body, attachments] = mail;
    sender_name = octets;
    sender = "a@b";
    recipients = {{device::MailField::bcc, "c@d"}, {device::MailField::to, "e@f"}, {device::MailField::cc, "g@h"}};
    subject = {device::MailCharset::big5, octets};
    body = {device::MailCharset::gb2312, octets + "b"};
    desk.me().mailer().authenticate = false;
    REQUIRE(attachments.empty());  // Mailer::attachments are those of AT+QSMTPATT
  }
  for (int client = 0; client < device::kMqttClients; ++client) {
    auto& [secure, ssl_context, keep_alive, clean, packet_time, retries, notice, will, version, length, alibaba] =
        desk.me().mqtt().settings(client);
    secure = true;
    ssl_context = 5 - client;
    keep_alive = 3600 - client;
    clean = false;
    packet_time = 60;
    retries = 10;
    notice = true;
    if (client > 0) will = {.topic = octets.substr(1), .message = to_bytes(octets.substr(1)), .qos = net::mqtt::Qos(2)};
    if (client > 1) will->retain = true;
    version = net::mqtt::Version::v3_1_1;
    length = true;
    alibaba = {"k", octets, fmt::format("secret {}", client)};
  }
  const auto snapshot = desk.snapshot();
  desk.replug();
  REQUIRE(desk.snapshot() != snapshot);
  REQUIRE(desk.restore(snapshot) == kNothingMissing);

  {
    const auto& [url, own_head, content_type, request_time] = desk.me().http().settings;
    CHECK(url == octets);
    CHECK(own_head);
    CHECK(content_type == "text/csv");
    CHECK(request_time == 65535);
  }
  {
    const auto& [user, password, path, transfer, offset, place, place_text, unknown] = desk.me().ftp().settings;
    CHECK(user == octets + "u");
    CHECK(password == octets + "p");
    CHECK(path == "/p/" + octets);
    CHECK(transfer.type == net::ftp::Client::Type::ascii);
    CHECK(transfer.mode == net::ftp::Client::Mode::passive);
    CHECK(offset == 0x7FFFFFFF);
    CHECK(place.volume == device::FileVolume::ram);
    CHECK(place.file == "dwl");
    CHECK(place_text == "/RAM/dwl");
    CHECK(unknown == 7);
  }
  {
    const auto& [server, port, user, password, mail] = desk.me().mailer().settings;
    CHECK(server == "mail.example");
    CHECK(port == 65535);
    CHECK(user == octets + "u");
    CHECK(password == octets + "p");
    CHECK(mail.sender_name == octets);
    CHECK(mail.sender == "a@b");
    CHECK(mail.recipients == std::vector<device::MailRecipient>{{device::MailField::bcc, "c@d"},
                                                                {device::MailField::to, "e@f"},
                                                                {device::MailField::cc, "g@h"}});
    CHECK(mail.subject.charset == device::MailCharset::big5);
    CHECK(mail.subject.text == octets);
    CHECK(mail.body.charset == device::MailCharset::gb2312);
    CHECK(mail.body.text == octets + "b");
    CHECK_FALSE(desk.me().mailer().authenticate);
  }
  for (int client = 0; client < device::kMqttClients; ++client) {
    const auto& [secure, ssl_context, keep_alive, clean, packet_time, retries, notice, will, version, length, alibaba] =
        desk.me().mqtt().settings(client);
    INFO(client);
    CHECK(secure);
    CHECK(ssl_context == 5 - client);
    CHECK(keep_alive == 3600 - client);
    CHECK_FALSE(clean);
    CHECK(packet_time == 60);
    CHECK(retries == 10);
    CHECK(notice);
    REQUIRE(will.has_value() == (client > 0));
    if (will) {
      CHECK(*will == net::mqtt::Will{.topic = octets.substr(1),
                                     .message = to_bytes(octets.substr(1)),
                                     .qos = net::mqtt::Qos::exactly_once,
                                     .retain = client > 1});
    }
    CHECK(version == net::mqtt::Version::v3_1_1);
    CHECK(length);
    CHECK(alibaba == std::array<std::string, 3>{"k", octets, fmt::format("secret {}", client)});
  }
  CHECK(desk.snapshot() == snapshot);
}

TEST_CASE("The attachments of a mail: files by name, what came from the TE as long as it is there", "[snapshot]") {
  Desk desk;
  for (const auto* content : {"UFS:report.txt", "RAM:gone.txt"}) {
    desk.bench.send(fmt::format("AT+QFUPL=\"{}\",5", content));
    desk.bench.send_raw("hello");
  }
  desk.bench.ask("AT+QSMTPATT=\"UFS:report.txt\"");
  desk.bench.send("AT+QSMTPATT=\"photo.jpg\",3");
  desk.bench.send_raw("\xff\xd8\xff");
  desk.bench.ask("AT+QSMTPATT=\"RAM:gone.txt\"");
  desk.bench.take();
  const auto attached = [](std::string_view rows) { return fmt::format("{}\r\nOK\r\n", rows); };
  const std::string_view all =
      "\r\n+QSMTPATT: 1,\"report.txt\",5\r\n\r\n+QSMTPATT: 2,\"photo.jpg\",3\r\n\r\n+QSMTPATT: 3,\"gone.txt\",5\r\n";
  REQUIRE(desk.bench.ask("AT+QSMTPATT?") == attached(all));
  const auto snapshot = desk.snapshot();
  CHECK(snapshot.find("\\\\xd8") == std::string::npos);

  SECTION("still there") {
    desk.bench.ask("AT+QSMTPDATT=3");
    CHECK(desk.restore(snapshot) == kNothingMissing);
    CHECK(desk.bench.ask("AT+QSMTPATT?") == attached(all));
    CHECK(desk.snapshot() == snapshot);
  }
  SECTION("another one of that name") {
    desk.bench.ask("AT+QSMTPCLR");
    desk.bench.send("AT+QSMTPATT=\"photo.jpg\",3");
    desk.bench.send_raw("abc");
    desk.bench.take();
    CHECK(desk.restore(snapshot).find(R"("missing_attachments":["photo.jpg"])") != std::string::npos);
    CHECK(desk.bench.ask("AT+QSMTPATT?") ==
          attached("\r\n+QSMTPATT: 1,\"report.txt\",5\r\n\r\n+QSMTPATT: 2,\"gone.txt\",5\r\n"));
  }
  SECTION("after a restart") {
    desk.replug();
    CHECK(desk.restore(snapshot) ==
          R"({"missing_certificates":[],"missing_files":["RAM:gone.txt"],"missing_attachments":["photo.jpg"]})");
    CHECK(desk.bench.ask("AT+QSMTPATT?") ==
          attached("\r\n+QSMTPATT: 1,\"report.txt\",5\r\n\r\n+QSMTPATT: 2,\"gone.txt\",5\r\n"));
  }
}

TEST_CASE("Sessions of the services end when a snapshot is put back", "[snapshot]") {
  Desk desk;
  workbench::FtpPeer peer{desk.bench.network(), {"ftp.example", 21}};
  peer.site().anybody = true;
  desk.bench.network().ignore("silent.example", 1883);
  const auto snapshot = desk.snapshot();
  desk.bench.ask("AT+QFTPCFG=1,1");
  desk.bench.ask("AT+QFTPOPEN=\"ftp.example\"");
  desk.bench.advance(1s);
  desk.bench.ask("AT+QFTPCFG=3,5");
  auto& mqtt = desk.me().mqtt();
  mqtt.settings(0).keep_alive_s = 7;
  mqtt.open(0, desk.bench.context(0), {"silent.example", 1883});
  REQUIRE(mqtt.state(0) == device::Mqtt::State::opening);
  REQUIRE(desk.bench.ask("AT+QFTPSTAT") == "\r\n+QFTPSTAT:OPENED\r\n\r\nOK\r\n");
  desk.restore(snapshot);
  desk.bench.advance({});
  CHECK(desk.bench.take() == "\r\n+QMTOPEN: 0,5\r\n");  // who has asked hears what became of it
  CHECK(mqtt.state(0) == device::Mqtt::State::closed);
  CHECK(mqtt.settings(0).keep_alive_s == 120);
  CHECK(desk.bench.ask("AT+QFTPSTAT") == "\r\n+QFTPSTAT:CLOSED\r\n\r\nOK\r\n");
  CHECK(desk.bench.ask("AT+QFTPCFG=1") == "\r\n+QFTPCFG: 1,0\r\n\r\nOK\r\n");
  CHECK(desk.bench.ask("AT+QFTPCFG=3") == "\r\n+QFTPCFG: 3,0\r\n\r\nOK\r\n");
}

// Taken by the program before it kept more than the URL.
TEST_CASE("A snapshot from before the services were in it still loads", "[snapshot]") {
  std::ifstream file{QUASIMODEM_SOURCE_DIR "/tests/app/snapshot_before_services.json"};
  const std::string older{std::istreambuf_iterator{file}, {}};
  REQUIRE(older.find("\"ftp\"") == std::string::npos);
  Desk desk;
  desk.bench.ask("AT+QFTPUSER=\"somebody\"");
  CHECK(desk.restore(older) == kNothingMissing);
  CHECK(desk.me().http().settings.url == "http://old.example/");
  CHECK(desk.me().http().settings.request_time == 60);
  CHECK(desk.bench.context(0).access.password == "apn-pw");
  CHECK(desk.me().ftp().settings.user.empty());
  CHECK(desk.bench.ask("AT+CMEE?") == "AT+CMEE?\r\r\n+CMEE: 2\r\n\r\nOK\r\n");
}

TEST_CASE("What is wrong with a snapshot's services is told, and nothing changes", "[snapshot]") {
  Desk desk;
  desk.bench.ask("AT+QSMTPDST=1,1,\"a@b\"");
  const auto snapshot = desk.snapshot();
  const auto refusal = [&](std::string_view what, std::string_view by) {
    return desk.restore(replaced(snapshot, what, by));
  };
  CHECK(refusal(R"("request_time":60)", R"("request_time":0)") == R"("request_time" must be 1 to 65535)");
  CHECK(refusal(R"("content_type":"")", R"("content_type":1)") == R"("content_type" must be text)");
  CHECK(refusal(R"("place":"/COM/")", R"("place":"/SD/")") == R"("place" is no place of files)");
  CHECK(refusal(R"("field":"to")", R"("field":"too")") == R"("field" cannot be "too")");
  CHECK(refusal(R"("authenticate":true)", R"("authenticate":1)") == R"("authenticate" must be true or false)");
  CHECK(refusal(R"("attachments":[])", R"("attachments":[{"name":"a","size":1,"file":"XX:a","checksum":""}])") ==
        R"("file" is no name of a file)");
  CHECK(refusal(R"("body":{"charset":0,"text":""})", fmt::format(R"("body":{{"charset":0,"text":"{:010241}"}})", 0)) ==
        R"("body" is too long)");
  CHECK(refusal(R"("mqtt":[{)", R"("mqtt":[{},{)") == R"("mqtt" must be six)");
  CHECK(refusal(R"("will":null)", R"("will":{"topic":"","message":"","qos":0,"retain":false})") ==
        R"("topic" is none)");
  CHECK(refusal(R"("will":null)", fmt::format(R"("will":{{"topic":"t","message":"{:0256}","qos":0,"retain":false}})",
                                              0)) == R"("message" is too long)");
  CHECK(refusal(R"("alibaba":["","",""])", R"("alibaba":["",""])") == R"("alibaba" must be three)");
  CHECK(refusal(R"("alibaba":["","",""])", R"("alibaba":["","",1])") == R"("alibaba" must be text)");
  std::string recipients, attachments;
  for (int i = 0; i < 21; ++i) recipients += R"({"field":"to","address":"a@b"},)";
  for (int i = 0; i < 11; ++i) attachments += R"({"name":"a","size":1,"file":"UFS:a","checksum":""},)";
  recipients.pop_back();
  attachments.pop_back();
  CHECK(refusal(R"({"field":"to","address":"a@b"})", recipients) == R"("recipients" are too many)");
  CHECK(refusal(R"("attachments":[])", fmt::format(R"("attachments":[{}])", attachments)) ==
        R"("attachments" are too many)");
  CHECK(desk.snapshot() == snapshot);
}

// As with AT+QICSGP: what is to work again needs them. Nothing else that can be asked has them.
TEST_CASE("Passwords of the services are in the snapshot, and neither in the state nor in what is noted of it",
          "[snapshot]") {
  Desk desk;
  desk.me().ftp().settings.password = "Ftp-Secret";
  desk.me().mailer().settings.password = "Mail-Secret";
  desk.me().mqtt().settings(3).alibaba[2] = "Mqtt-Secret";
  const auto snapshot = desk.snapshot();
  const auto before = desk.journal().last();
  REQUIRE(desk.request(fmt::format(R"({{"method":"restore","params":{{"snapshot":{}}}}})", snapshot))
              .starts_with(R"({"id":null,"result")"));
  const auto state = desk.request(R"({"method":"state"})");
  std::string journal;
  for (const auto& record : desk.journal().records()) {
    if (record.seq > before) journal += record.text() + '\n';
  }
  CHECK(journal.find(R"(restore {"snapshot":"…"})") != std::string::npos);
  for (const auto* secret : {"Ftp-Secret", "Mail-Secret", "Mqtt-Secret"}) {
    CHECK(snapshot.find(secret) != std::string::npos);
    CHECK(state.find(secret) == std::string::npos);
    CHECK(journal.find(secret) == std::string::npos);
  }
}
