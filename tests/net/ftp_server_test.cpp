// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "net/ftp/server.hpp"
#include "tests/net/ftp_lan.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::net;
using namespace quasimodem::net::ftp;

namespace {

/// A carrier that has a port and no wires.
struct NoWires final : DataCarrier {
  std::optional<std::uint16_t> listen() override { return port; }
  void connect(Endpoint client) override { did += "connect " + client.text() + " "; }
  void data_ready() override { did += "ready "; }
  void close(bool in_order) override { did += in_order ? "end " : "cut "; }

  std::optional<std::uint16_t> port = 1025;
  std::string did;
};

struct Told {
  Told() {
    site->users["u"] = "p";
    append(*site->files.create("/f"), "0123456789");
    server.start();
    server.take_outgoing();
  }
  std::string operator()(std::string_view line) {
    server.receive(as_bytes(std::string{line} + "\r\n"));
    return to_text(server.take_outgoing());
  }
  void log_in() {
    (*this)("USER u");
    REQUIRE((*this)("PASS p") == "230 Logged in.\r\n");
  }

  std::shared_ptr<Site> site = std::make_shared<Site>();
  NoWires carrier;
  Server server{site, kFtpServer, carrier};
};

}  // namespace

TEST_CASE("the tree of files", "[net][ftp]") {
  CHECK(FileTree::absolute("/a", "b") == "/a/b");
  CHECK(FileTree::absolute("/a", "/b//c/.") == "/b/c");
  CHECK(FileTree::absolute("/a/b", "../c/") == "/a/c");
  CHECK(FileTree::absolute("/a", "../../..") == "/");
  CHECK(FileTree::absolute("/", "") == "/");

  FileTree files{10};
  CHECK(files.make_directory("/a"));
  CHECK_FALSE(files.make_directory("/a"));
  CHECK_FALSE(files.make_directory("/b/c"));
  CHECK_FALSE(files.create("/a"));
  CHECK_FALSE(files.create("/b/f"));
  const auto file = files.create("/a/f");
  REQUIRE(file);
  CHECK_FALSE(files.create("/a/f/g"));
  CHECK(files.append_to(*file, as_bytes("0123456789")));
  CHECK_FALSE(files.append_to(*file, as_bytes("!")));
  CHECK(file->size() == 10);
  CHECK_FALSE(files.remove_directory("/a"));
  CHECK_FALSE(files.remove_directory("/"));
  CHECK_FALSE(files.remove("/a"));
  CHECK_FALSE(files.rename("/a", "/a/b"));
  CHECK(files.make_directory("/ab"));
  CHECK_FALSE(files.rename("/a", "/ab"));
  CHECK(files.rename("/a", "/c"));
  CHECK(files.find("/c/f") == file);
  CHECK(files.is_directory("/ab"));
  CHECK(files.list("/").size() == 2);
  CHECK(files.remove("/c/f"));
  CHECK(files.remove_directory("/c"));
}

TEST_CASE("the server wants a log-in, and only with the right password", "[net][ftp]") {
  Told told;
  CHECK(told("PWD") == "530 Log in with USER and PASS first.\r\n");
  CHECK(told("syst") == "215 UNIX Type: L8\r\n");
  CHECK(told("NOOP") == "200 Done.\r\n");
  told("USER u");
  CHECK(told("PASS q") == "530 Not with this name and password.\r\n");
  told("USER nobody");
  CHECK(told("PASS ") == "530 Not with this name and password.\r\n");
  told.log_in();
  CHECK(told("PWD") == "257 \"/\"\r\n");
  CHECK(told("FEAT") == "502 Not implemented.\r\n");
  CHECK(told("SIZE f") == "550 Not in ASCII mode.\r\n");
  CHECK(told("TYPE I") == "200 Done.\r\n");
  CHECK(told("SIZE f") == "213 10\r\n");
  CHECK(told("TYPE E") == "504 A or I.\r\n");
  CHECK(told("QUIT") == "221 Goodbye.\r\n");
  CHECK(told.server.over());
}

TEST_CASE("the tree of files has bounds", "[net][ftp]") {
  SECTION("of its paths") {
    FileTree files;
    const std::string longest(FileTree::kLongestPath - 1, 'x');
    CHECK(files.make_directory("/" + longest));
    CHECK_FALSE(files.make_directory("/x" + longest));
    CHECK_FALSE(files.create("/x" + longest));
    CHECK_FALSE(files.make_directory("/" + longest + "/y"));
    CHECK(files.make_directory("/a"));
    CHECK_FALSE(files.rename("/a", "/x" + longest));
    CHECK(files.create("/a/b"));
    const auto nearly = longest.substr(1);
    CHECK_FALSE(files.rename("/a", "/" + nearly));
    CHECK(files.find("/a/b"));
    CHECK(files.rename("/a", "/" + nearly.substr(1)));
    CHECK(files.find("/" + nearly.substr(1) + "/b"));
  }
  SECTION("of their number") {
    FileTree files;
    for (std::size_t i = 1; i < FileTree::kMostEntries; ++i) REQUIRE(files.create("/" + std::to_string(i)));
    CHECK_FALSE(files.create("/new"));
    CHECK_FALSE(files.make_directory("/new"));
    CHECK(files.create("/1"));
    CHECK(files.remove("/1"));
    CHECK(files.create("/new"));
  }
  SECTION("of what is removed, or replaced, and still written") {
    FileTree files{10};
    auto first = files.open_for_writing("/f", 0);
    CHECK(first->append(as_bytes("12345")));
    auto second = files.open_for_writing("/f", 0);
    CHECK(second->append(as_bytes("123")));
    CHECK(files.remove("/f"));
    CHECK(first->append(as_bytes("67")));
    CHECK_FALSE(first->append(as_bytes("8")));
    CHECK_FALSE(second->append(as_bytes("4")));
    first.reset();
    CHECK(second->append(as_bytes("4567890")));
  }
}

TEST_CASE("the server refuses what makes no sense", "[net][ftp]") {
  Told told;
  told.log_in();
  CHECK(told("RETR f") == "425 PASV or PORT first.\r\n");
  CHECK(told("STOR g") == "425 PASV or PORT first.\r\n");
  CHECK_FALSE(told.site->files.find("/g"));
  CHECK(told("RNTO g") == "503 RNFR first.\r\n");
  CHECK(told("REST x") == "501 A number of octets.\r\n");
  CHECK(told("PORT 1,2,3") == "501 Six numbers.\r\n");
  CHECK(told("PASV") == "227 Entering Passive Mode (203,0,113,7,4,1).\r\n");
  CHECK(told("REST 11") == "350 From 11 on.\r\n");
  CHECK(told("RETR f") == "554 It is not that long.\r\n");
  told.carrier.port.reset();
  CHECK(told("PASV") == "425 No port.\r\n");
  told.server.receive(Bytes(1 << 20, 'x'));
  CHECK(to_text(told.server.take_outgoing()) == "500 Line too long.\r\n");
  CHECK(told.server.over());
}

TEST_CASE("the server waits for the data connection, or for the command", "[net][ftp]") {
  Told told;
  told.log_in();
  told("PASV");
  SECTION("the command first") {
    CHECK(told("RETR f").empty());
    CHECK(told.server.take_data(4).empty());
    told.server.data_connected();
  }
  SECTION("the connection first") {
    told.server.data_connected();
    CHECK(told.server.take_data(4).empty());
    told.server.receive(as_bytes("RETR f\r\n"));
  }
  CHECK(to_text(told.server.take_outgoing()) == "150 Here it comes.\r\n");
  CHECK(told.carrier.did == "ready ");
  CHECK(told("NOOP") == "503 A transfer is under way.\r\n");
  CHECK(to_text(told.server.take_data(4)) == "0123");
  CHECK(to_text(told.server.take_data(100)) == "456789");
  CHECK(to_text(told.server.take_outgoing()) == "226 Done.\r\n");
  CHECK(told.carrier.did == "ready end ");
}

TEST_CASE("a passive connection that ended before its command serves none", "[net][ftp]") {
  Told told;
  told.log_in();
  told("PASV");
  told.server.data_connected();
  told.server.data_ended(true);
  CHECK(told("RETR f") == "425 PASV or PORT first.\r\n");
}

TEST_CASE("REST before STOR: the rest of a file anew", "[net][ftp]") {
  Told told;
  told.log_in();
  told("PORT 203,0,113,200,4,1");
  told("REST 4");
  CHECK(told("STOR f").empty());
  CHECK_FALSE(told.server.wants_data());
  told.server.data_connected();
  CHECK(told.server.wants_data());
  told.server.data_received(as_bytes("xy"));
  told.server.data_ended(true);
  CHECK_FALSE(told.server.wants_data());
  CHECK(as_text(*told.site->files.find("/f")) == "0123xy");
  told("PORT 203,0,113,200,4,1");
  told("REST 7");
  told.server.take_outgoing();
  CHECK(told("STOR f") == "553 Not there.\r\n");
  CHECK(told("STOR f").empty());  // REST was for one command
  CHECK(told.site->files.find("/f")->empty());
}

TEST_CASE("everybody may log in where that is said", "[net][ftp]") {
  Told told;
  told.site->anybody = true;
  told("USER whoever");
  CHECK(told("PASS it is") == "230 Logged in.\r\n");
}

TEST_CASE("a passive connection that never came", "[net][ftp]") {
  Told told;
  told.log_in();
  told("PASV");
  SECTION("before its command") {
    told.server.data_failed();
    CHECK(told("RETR f") == "425 PASV or PORT first.\r\n");
  }
  SECTION("after it") {
    CHECK(told("RETR f").empty());
    told.server.data_failed();
    CHECK(to_text(told.server.take_outgoing()) == "425 No data connection.\r\n");
  }
}

TEST_CASE("a server without room says so and keeps what it has", "[net][ftp]") {
  Told told;
  told.site->files = FileTree{5};
  told.log_in();
  told("PORT 203,0,113,200,4,1");
  CHECK(told("STOR g").empty());
  told.server.data_connected();
  told.server.data_received(as_bytes("hello"));
  told.server.data_received(as_bytes("!"));
  CHECK(to_text(told.server.take_outgoing()) == "150 Here it comes.\r\n452 There is no more room.\r\n");
  CHECK(as_text(*told.site->files.find("/g")) == "hello");
  CHECK(told.carrier.did == "cut connect 203.0.113.200:1025 cut ");
}

TEST_CASE("a server that answers a verb with nothing, in pieces, or with another address", "[net][ftp]") {
  Told told;
  told.log_in();
  told.site->misbehaviour.answers = {{"SIZE", ""}, {"CWD", "250-\r\n"}};
  CHECK(told("size f").empty());
  CHECK(told("CWD /") == "250-\r\n");
  told.site->misbehaviour.passive_address = IpAddress{{10, 1, 2, 3}};
  CHECK(told("PASV") == "227 Entering Passive Mode (10,1,2,3,4,1).\r\n");
}
