// SPDX-License-Identifier: Apache-2.0
#include "emulator/record_words.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;
using emulator::words_of_record;

TEST_CASE("every record that a module writes has words", "[nvram]") {
  ModemBench bench{{.ready = Ready::attached}};
  const auto upload = [&](const std::string& command, const std::string& data) {
    bench.send(command);
    bench.send_raw(data);
    bench.take();
  };
  upload("AT+QSECWRITE=\"NVRAM:CA0\",2", "AB");
  upload("AT+QSECWRITE=\"NVRAM:CA1\",2", "AB");
  upload("AT+QSECWRITE=\"NVRAM:CC0\",2", "AB");
  upload("AT+QSECWRITE=\"NVRAM:CK0\",2", "AB");
  upload("AT+QFUPL=\"f.txt\",2", "AB");
  for (const auto* book : {"SM", "ME", "FD"}) {
    bench.ok("AT+CPBS=\"" + std::string{book} + "\"");
    bench.send("AT+CPBW=1,\"+447700900123\",145,\"Ann\"");
    bench.take();
  }
  bench.ok("AT+CMGF=1");
  for (const auto* memory : {"SM", "ME"}) {
    bench.send("AT+CPMS=\"" + std::string{memory} + "\",\"" + memory + "\"");
    bench.take();
    bench.send("AT+CMGW=\"+447700900123\"");
    bench.send_raw("hi\x1a");
    bench.take();
  }
  for (const auto* line : {"AT&W", "AT+CSCA=\"+447700900009\"", "AT+QISCON", "AT+CTZU=1", "AT+CPOL=1,2,\"26201\"",
                           "AT+QBAND=\"EGSM_MODE\"", "AT+QNTP=\"ntp.test\",123"}) {
    bench.send(line);
    bench.advance(1s);
    bench.take();
  }
  const auto records = bench.flash().list().value();
  CHECK(records.size() >= 15);
  for (const auto& record : records) {
    INFO(record);
    CHECK(words_of_record(record));
  }
}

TEST_CASE("what a record holds is said in words", "[nvram]") {
  CHECK(words_of_record("phonebook-sm") == "the phonebook SM");
  CHECK(words_of_record("sms-sm-7") == "the message on the SIM with index 7");
  CHECK(words_of_record("sms-centre") == "the service centre of AT+CSCA");
  CHECK(words_of_record("file-662E0D") == "the file UFS:f.\\r");
  CHECK(words_of_record("nvram-612e63") == "a certificate or key, which AT+QSECREAD reports as bad: NVRAM:a.c");
  CHECK(words_of_record("tcpip0") == "the settings of AT+QISCON for context 0");
  for (const auto* name : {"README", "letter.txt", "CA2", "CA0.old", "profile.bak", "phonebook-", "phonebook-x.txt",
                           "sms-sm-", "sms-sm-x", "file-", "file-xy", "seal.key~", ""}) {
    INFO(name);
    CHECK_FALSE(words_of_record(name));
  }
}
