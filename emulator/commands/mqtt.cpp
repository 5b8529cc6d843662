// SPDX-License-Identifier: Apache-2.0
// MQTT and MQTT over TLS, AT+QMT* (services.md 5, from an SDK, a log of a real MC60, drivers and the commands of the
// maker's later modules). Errors are a plain ERROR whatever AT+CMEE says; what comes after OK has numbers.
#include "emulator/device/mqtt.hpp"

#include <utility>

#include "emulator/commands/family.hpp"
#include "emulator/commands/firmware_command.hpp"
#include "emulator/commands/mqtt_text.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/ssl_settings.hpp"

namespace quasimodem::commands {
namespace {

using device::kLongestWill;
using device::Mqtt;
using device::MqttCommand;
using device::MqttSettings;
using net::mqtt::Publish;
using net::mqtt::Qos;

constexpr int kHighestClient = device::kMqttClients - 1;
constexpr int kHighestId = 65535;
constexpr auto kLongestTopic = static_cast<int>(net::mqtt::Client::kMostTopic);
constexpr auto kLargestPayload = static_cast<int>(net::mqtt::Client::kMostPayload);
// ASSUMED: what CONNECT carries may be that long; a broker may want less.
constexpr int kLongestHost = 100;
constexpr int kLongestClientId = 256;
constexpr int kLongestUser = 512;
constexpr int kLongestPassword = 1024;
constexpr int kLongestAlibaba = 100;

using Arguments = std::span<const Argument>;

/// A number in its range, or nothing.
std::optional<int> number(const Argument& argument, int lowest, int highest) {
  const auto value = atcmd::parse_integer(argument.text);
  if (argument.omitted() || !value || *value < lowest || *value > highest) return std::nullopt;
  return static_cast<int>(*value);
}

std::optional<std::string> text(const Argument& argument, std::size_t shortest, std::size_t longest) {
  const auto& value = argument.text;
  if (argument.omitted() || value.size() < shortest || value.size() > longest) return std::nullopt;
  return value;
}

std::optional<std::string> topic(const Argument& argument) { return text(argument, 1, std::size_t{kLongestTopic}); }

/// What comes of the command later, comes to this terminal.
void expect_result(Call& call, MqttCommand command, int client) {
  call.own({Task::Kind::mqtt_request, static_cast<int>(command), client});
}

Reply begun(Call& call, MqttCommand command, int client, bool taken) {
  if (!taken) return Reply::error();
  expect_result(call, command, client);
  return Reply::ok();
}

// ---- AT+QMTCFG ----
//
// A selector, as AT+QSSLCFG: the name, the client, and its values; without values it is a query.

template <auto Store, auto Show>
Reply configure(const Selector&, atcmd::Call& channel_call, Arguments values) {
  auto& call = static_cast<Call&>(channel_call);
  const auto client = values.empty() ? std::nullopt : number(values[0], 0, kHighestClient);
  if (!client) return Reply::error();
  auto& settings = call.me().mqtt().settings(*client);
  if (values.size() > 1) return Store(settings, values.subspan(1)) ? Reply::ok() : Reply::error();
  call.respond(fmt::format("+QMTCFG: {}", Show(settings)));  // ASSUMED: the values alone
  return Reply::ok();
}

template <auto Member, int Lowest, int Highest>
bool store_number(MqttSettings& settings, Arguments values) {
  const auto value = values.size() == 1 ? number(values[0], Lowest, Highest) : std::nullopt;
  if (!value) return false;
  settings.*Member = static_cast<typename atcmd::detail::MemberOf<decltype(Member)>::Type>(*value);
  return true;
}
template <auto Member>
std::string show_number(const MqttSettings& settings) {
  return fmt::format("{}", static_cast<int>(settings.*Member));
}
template <auto Member, int Lowest, int Highest>
constexpr auto kNumber = &configure<&store_number<Member, Lowest, Highest>, &show_number<Member>>;

// "SSL",<client>,<0|1>[,<ctxindex>]
bool store_ssl(MqttSettings& settings, Arguments values) {
  const auto secure = values.size() <= 2 ? number(values[0], 0, 1) : std::nullopt;
  const auto context = values.size() == 2 ? number(values[1], 0, device::kSslContexts - 1) : settings.ssl_context;
  if (!secure || !context) return false;
  settings.secure = *secure != 0;
  settings.ssl_context = *context;
  return true;
}
std::string show_ssl(const MqttSettings& settings) {
  return settings.secure ? fmt::format("1,{}", settings.ssl_context) : "0";
}

// "VERSION",<client>,<0: 3.1 | 1: 3.1.1>
bool store_version(MqttSettings& settings, Arguments values) {
  const auto version = values.size() == 1 ? number(values[0], 0, 1) : std::nullopt;
  if (!version) return false;
  settings.version = *version == 0 ? net::mqtt::Version::v3_1 : net::mqtt::Version::v3_1_1;
  return true;
}
std::string show_version(const MqttSettings& settings) {
  return settings.version == net::mqtt::Version::v3_1 ? "0" : "1";
}

// "TIMEOUT",<client>,<packet time>[,<retries>[,<notice>]]            ASSUMED: what is left out stays
bool store_timeout(MqttSettings& settings, Arguments values) {
  if (values.size() > 3) return false;
  const auto packet_time = number(values[0], 1, 60);
  const auto retries = values.size() > 1 ? number(values[1], 0, 10) : settings.retries;
  const auto notice = values.size() > 2 ? number(values[2], 0, 1) : static_cast<int>(settings.notice);
  if (!packet_time || !retries || !notice) return false;
  settings.packet_time_s = *packet_time;
  settings.retries = *retries;
  settings.notice = *notice != 0;
  return true;
}
std::string show_timeout(const MqttSettings& settings) {
  return fmt::format("{},{},{}", settings.packet_time_s, settings.retries, settings.notice ? 1 : 0);
}

// "WILL",<client>,0 or "WILL",<client>,1,<qos>,<retain>,"<topic>","<message>"
bool store_will(MqttSettings& settings, Arguments values) {
  const auto flag = number(values[0], 0, 1);
  if (flag == 0) {
    settings.will.reset();
    return values.size() == 1;
  }
  if (!flag || values.size() != 5) return false;
  const auto qos = number(values[1], 0, 2);
  const auto retain = number(values[2], 0, 1);
  const auto on = topic(values[3]);
  const auto message = text(values[4], 0, kLongestWill);
  if (!qos || !retain || !on || !message) return false;
  settings.will = {.topic = *on, .message = to_bytes(*message), .qos = Qos(*qos), .retain = *retain != 0};
  return true;
}
std::string show_will(const MqttSettings& settings) {
  if (!settings.will) return "0";
  const auto& will = *settings.will;
  return fmt::format("1,{},{},\"{}\",\"{}\"", static_cast<int>(will.qos), will.retain ? 1 : 0, will.topic,
                     as_text(will.message));
}

// "ALIAUTH",<client>,"<product key>","<device name>","<device secret>"
bool store_alibaba(MqttSettings& settings, Arguments values) {
  if (values.size() != settings.alibaba.size()) return false;
  std::array<std::string, 3> words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto word = text(values[i], 0, kLongestAlibaba);
    if (!word) return false;
    words[i] = *word;
  }
  settings.alibaba = words;
  return true;
}
// ASSUMED: the secret is not shown again.
std::string show_alibaba(const MqttSettings& settings) {
  return fmt::format("\"{}\",\"{}\",\"\"", settings.alibaba[0], settings.alibaba[1]);
}

constexpr auto kClient = atcmd::integer("client", 0, kHighestClient);
constexpr std::array kConfiguration{
    atcmd::text("name", 3, 11),
    kClient,
    atcmd::text("value", 0, kLongestWill).optional(),
};
constexpr Meaning kSsl[] = {{0, "plain"}, {1, "TLS, with an SSL context: 0–5"}};
constexpr Meaning kSessions[] = {{0, "the broker keeps it"}, {1, "it begins clean"}};
constexpr Meaning kWills[] = {{0, "none"}, {1, "one: QoS, retain flag, topic, message"}};
constexpr Meaning kVersions[] = {{0, "MQTT 3.1"}, {1, "MQTT 3.1.1"}};
constexpr Meaning kLengths[] = {{0, "no length in +QMTRECV"}, {1, "a length before the payload"}};
constexpr Selector kSelectors[] = {
    {"SSL", atcmd::choice("ssl", kSsl), true, &configure<&store_ssl, &show_ssl>},
    {"KEEPALIVE", atcmd::integer("keepalive", 0, 3600), true, kNumber<&MqttSettings::keep_alive_s, 0, 3600>},
    {"SESSION", atcmd::choice("clean", kSessions), true, kNumber<&MqttSettings::clean_session, 0, 1>},
    {"TIMEOUT", atcmd::integer("packet_time", 1, 60), true, &configure<&store_timeout, &show_timeout>},
    {"WILL", atcmd::choice("will", kWills), true, &configure<&store_will, &show_will>},
    {"VERSION", atcmd::choice("version", kVersions), true, &configure<&store_version, &show_version>},
    {"SHOWRECVLEN", atcmd::choice("length", kLengths), true, kNumber<&MqttSettings::show_length, 0, 1>},
    {"ALIAUTH", atcmd::text("product_key", 0, kLongestAlibaba), true, &configure<&store_alibaba, &show_alibaba>},
};

// ASSUMED: the words, after those of the maker's later modules.
Reply test_configuration(Call& call) {
  call.respond(std::vector<std::string>{
      "+QMTCFG: \"SSL\",(0-5),(0,1),(0-5)",
      "+QMTCFG: \"KEEPALIVE\",(0-5),(0-3600)",
      "+QMTCFG: \"SESSION\",(0-5),(0,1)",
      "+QMTCFG: \"TIMEOUT\",(0-5),(1-60),(0-10),(0,1)",
      "+QMTCFG: \"WILL\",(0-5),(0,1),(0-2),(0,1),<will_topic>,<will_message>",
      "+QMTCFG: \"VERSION\",(0-5),(0,1)",
      "+QMTCFG: \"SHOWRECVLEN\",(0-5),(0,1)",
      "+QMTCFG: \"ALIAUTH\",(0-5),<product_key>,<device_name>,<device_secret>",
  });
  return Reply::ok();
}

// ---- the connection ----

struct Client {
  int client = 0;
};
constexpr std::array kClientOnly{atcmd::integer<&Client::client>("client", 0, kHighestClient).as_range()};

// AT+QMTOPEN=<client>,"<host>",<port> → OK, later +QMTOPEN: <client>,<result>
struct Open {
  int client = 0;
  std::string_view host;
  int port = 0;
};
constexpr std::array kOpen{
    atcmd::integer<&Open::client>("client", 0, kHighestClient).as_range(),
    atcmd::text<&Open::host>("host_name", 1, kLongestHost),
    atcmd::integer<&Open::port>("port", 1, 65535).as_range(),
};

Reply open(Call& call, const Open& args) {
  auto& mqtt = call.me().mqtt();
  if (mqtt.state(args.client) == Mqtt::State::closed) call.own({Task::Kind::mqtt, 0, args.client});
  expect_result(call, MqttCommand::open, args.client);
  mqtt.open(args.client, call.context(), {std::string{args.host}, static_cast<std::uint16_t>(args.port)});
  return Reply::ok();
}

/// A link is there.
bool is_open(Mqtt::State state) { return state != Mqtt::State::closed && state != Mqtt::State::opening; }

template <class Row>
Reply respond_rows(Call& call, const Row& row) {
  const auto& mqtt = call.me().mqtt();
  std::vector<std::string> rows;
  for (int client = 0; client < device::kMqttClients; ++client) {
    if (is_open(mqtt.state(client))) rows.push_back(row(mqtt, client));
  }
  // ASSUMED: each row is framed by itself, unlike the rows of AT+QISTATE.
  for (const auto& each : rows) call.respond(each);
  return Reply::ok();
}

Reply show_brokers(Call& call) {
  return respond_rows(call, [](const Mqtt& mqtt, int client) {
    const auto& broker = mqtt.broker(client);
    return fmt::format("+QMTOPEN: {},\"{}\",{}", client, broker.host, broker.port);
  });
}

// AT+QMTCLOSE=<client> → OK, later +QMTCLOSE: <client>,<result>: without a word to the broker
Reply close(Call& call, const Client& args) {
  return begun(call, MqttCommand::close, args.client, call.me().mqtt().close(args.client));
}

// AT+QMTCONN=<client>,"<clientid>"[,"<user>"[,"<password>"]] → OK, later +QMTCONN: <client>,<result>[,<ret_code>]
struct Connect {
  int client = 0;
  std::string_view id;
  std::optional<std::string_view> user;
  std::optional<std::string_view> password;
};
constexpr std::array kConnect{
    atcmd::integer<&Connect::client>("client", 0, kHighestClient).as_range(),
    atcmd::text<&Connect::id>("clientID", 0, kLongestClientId),
    atcmd::text<&Connect::user>("username", 0, kLongestUser).optional(),
    atcmd::text<&Connect::password>("password", 0, kLongestPassword).optional(),
};

std::optional<std::string> copy(const std::optional<std::string_view>& text) {
  return text ? std::optional{std::string{*text}} : std::nullopt;
}

Reply connect(Call& call, const Connect& args) {
  if (args.password && !args.user) return Reply::error();  // MQTT has no such thing
  const device::MqttIdentity identity{std::string{args.id}, copy(args.user), copy(args.password)};
  return begun(call, MqttCommand::connect, args.client, call.me().mqtt().connect(args.client, identity));
}

constexpr Meaning kClientStates[] = {
    {1, "there is a link, and no more"}, {2, "CONNECT is out"}, {3, "connected"}, {4, "it is coming to its end"}};

int number_of(Mqtt::State state) {
  switch (state) {
    case Mqtt::State::closed:
    case Mqtt::State::opening:
    case Mqtt::State::open: return 1;
    case Mqtt::State::connecting: return 2;
    case Mqtt::State::connected: return 3;
    case Mqtt::State::refused:  // ASSUMED: until the broker has closed
    case Mqtt::State::leaving: return 4;
  }
  return 1;
}

Reply show_states(Call& call) {
  return respond_rows(call, [](const Mqtt& mqtt, int client) {
    return fmt::format("+QMTCONN: {},{}", client, number_of(mqtt.state(client)));
  });
}

// AT+QMTDISC=<client> → OK, later +QMTDISC: <client>,<result>: DISCONNECT, and the connection ends
Reply disconnect(Call& call, const Client& args) {
  return begun(call, MqttCommand::disconnect, args.client, call.me().mqtt().disconnect(args.client));
}

// ---- topics ----

constexpr std::array kTopics{
    atcmd::integer("client", 0, kHighestClient).as_range(),
    atcmd::integer("msgid", 1, kHighestId),
    atcmd::text("topic", 1, kLongestTopic),
    atcmd::integer("qos", 0, 2).as_range(),
};

// AT+QMTSUB=<client>,<msgid>,"<topic>",<qos>[,"<topic>",<qos>…]
//   → OK, later +QMTSUB: <client>,<msgid>,<result>,<granted>[,<granted>…]
Reply subscribe(Call& call, const std::vector<Argument>& typed) {
  if (typed.size() < 4 || typed.size() % 2 != 0) return Reply::error();
  const auto client = number(typed[0], 0, kHighestClient);
  const auto id = number(typed[1], 1, kHighestId);
  if (!client || !id) return Reply::error();
  net::mqtt::Subscribe request{.id = static_cast<net::mqtt::PacketId>(*id), .subscriptions = {}};
  for (std::size_t i = 2; i < typed.size(); i += 2) {
    const auto filter = topic(typed[i]);
    const auto qos = number(typed[i + 1], 0, 2);
    if (!filter || !qos) return Reply::error();
    request.subscriptions.push_back({*filter, Qos(*qos)});
  }
  return begun(call, MqttCommand::subscribe, *client, call.me().mqtt().subscribe(*client, request));
}

// AT+QMTUNS=<client>,<msgid>,"<topic>"[,"<topic>"…] → OK, later +QMTUNS: <client>,<msgid>,<result>
Reply unsubscribe(Call& call, const std::vector<Argument>& typed) {
  if (typed.size() < 3) return Reply::error();
  const auto client = number(typed[0], 0, kHighestClient);
  const auto id = number(typed[1], 1, kHighestId);
  if (!client || !id) return Reply::error();
  net::mqtt::Unsubscribe request{.id = static_cast<net::mqtt::PacketId>(*id), .filters = {}};
  for (const auto& each : Arguments{typed}.subspan(2)) {
    const auto filter = topic(each);
    if (!filter) return Reply::error();
    request.filters.push_back(*filter);
  }
  return begun(call, MqttCommand::unsubscribe, *client, call.me().mqtt().unsubscribe(*client, request));
}

// ---- AT+QMTPUB ----

// AT+QMTPUB=<client>,<msgid>,<qos>,<retain>,"<topic>" → prompt → payload, Ctrl-Z or ESC
// AT+QMTPUB=…,"<topic>",<length> → prompt → so many octets, of all values
// AT+QMTPUB=…,"<topic>"[,<length>],"<payload>"
//   → OK, later +QMTPUB: <client>,<msgid>,<result>[,<value>]
struct Message {
  int client = 0;
  int id = 0;
  Qos qos{};
  int retain = 0;
  std::string_view topic;
};
constexpr std::array kMessage{
    atcmd::integer<&Message::client>("client", 0, kHighestClient).as_range(),
    atcmd::integer<&Message::id>("msgid", 0, kHighestId),
    atcmd::integer<&Message::qos>("qos", 0, 2).as_range(),
    atcmd::integer<&Message::retain>("retain", 0, 1).as_range(),
    atcmd::text<&Message::topic>("topic", 1, kLongestTopic),
};
constexpr std::array kPublish{
    kMessage[0],
    kMessage[1],
    kMessage[2],
    kMessage[3],
    kMessage[4],
    atcmd::integer("length", 1, kLargestPayload).optional(),
    atcmd::text("payload", 1, kLargestPayload).optional(),
};

Reply publish(Call& call, int client, const Publish& message) {
  return begun(call, MqttCommand::publish, client, call.me().mqtt().publish(client, message));
}

Reply prompt_for_payload(Call& call, int client, Publish message, std::optional<std::size_t> length) {
  if (call.me().mqtt().state(client) != Mqtt::State::connected) return Reply::error();
  // OBSERVED: the log of a real MC60 shows the payload echoed.
  const auto echo = call.settings().dialogue.echo ? atcmd::Echo::on : atcmd::Echo::off;
  return call.prompt({.length = length, .limit = kLargestPayload, .echo = echo},
                     [client, message = std::move(message)](Call& resumed, const IntakeOutcome& outcome) mutable {
                       // ASSUMED: OK after ESC, as for AT+QISEND, and no line later.
                       if (outcome.end == IntakeOutcome::End::cancelled) return Reply::ok();
                       message.payload.assign(outcome.data.begin(), outcome.data.end());
                       return publish(resumed, client, message);
                     });
}

Reply publish_typed(Call& call, const std::vector<Argument>& typed) {
  constexpr std::size_t kFixed = kMessage.size();
  if (typed.size() < kFixed || typed.size() > kFixed + 2) return Reply::error();
  const auto args = atcmd::arguments_as<Message>(kMessage, Arguments{typed}.first(kFixed));
  if (!args || (args->id == 0) != (args->qos == Qos::at_most_once)) return Reply::error();
  Publish message{.topic = std::string{args->topic},
                  .payload = {},
                  .qos = args->qos,
                  .retain = args->retain != 0,
                  .id = static_cast<net::mqtt::PacketId>(args->id)};
  const auto rest = Arguments{typed}.subspan(kFixed);
  if (rest.empty()) return prompt_for_payload(call, args->client, std::move(message), std::nullopt);
  const bool at_once = rest.back().kind == Argument::Kind::quoted;
  std::optional<int> length;
  if (rest.size() == 2 || !at_once) {
    length = number(rest.front(), 1, kLargestPayload);
    if (!length) return Reply::error();
  }
  if (!at_once) {
    if (rest.size() == 2) return Reply::error();
    return prompt_for_payload(call, args->client, std::move(message), static_cast<std::size_t>(*length));
  }
  const auto payload = text(rest.back(), 1, std::size_t{kLargestPayload});
  // ASSUMED: a length that is not that of the text is an error.
  if (!payload || (length && payload->size() != static_cast<std::size_t>(*length))) return Reply::error();
  message.payload = to_bytes(*payload);
  return publish(call, args->client, message);
}

// ---- the table ----

constexpr Meaning kOpenings[] = {{-1, "the connection could not be made, or TLS came to nothing"},
                                 {0, "there is a connection"},
                                 {1, "the host is no address"},
                                 {2, "this client has a connection"},
                                 {3, "the context could not be activated"},
                                 {4, "the name was not found"},
                                 {5, "no way leads there, or the context ended"}};
constexpr Meaning kEnds[] = {{-1, "failed"}, {0, "done"}};
constexpr Meaning kOutcomes[] = {{0, "sent, and answered by the broker"},
                                 {1, "sent again; how often is the value behind it"},
                                 {2, "given up: no answer, or the connection ended"}};
constexpr Meaning kEndings[] = {{1, "the broker closed the connection, or the context ended"},
                                {2, "the broker does not answer PINGREQ"},
                                {3, "CONNECT could not be sent"},
                                {4, "no CONNACK came, or one that refuses"},
                                {5, "the broker closed while DISCONNECT waited to be sent"},
                                {6, "nothing could be sent, however often it was tried"},
                                {7, "the network gave the connection up, or the broker does not speak MQTT"}};
constexpr Line kOpenLines[] = {{"+QMTOPEN: <client>,<result>", Line::urc,
                                "a connection to a broker was made, or was not", "", "result", kOpenings}};
constexpr Line kCloseLines[] = {
    {"+QMTCLOSE: <client>,<result>", Line::urc, "the connection is cut", "", "result", kEnds}};
constexpr Line kConnectLines[] = {
    {"+QMTCONN: <client>,<state>", Line::response, "one client", "", "state", kClientStates},
    {"+QMTCONN: <client>,<result>,<ret_code>", Line::urc,
     "the broker has answered CONNECT: 0 accepted, 1 the version, 2 the identifier, 3 unavailable, 4 user or password, "
     "5 "
     "not authorised"},
    {"+QMTSTAT: <client>,<err>", Line::urc, "a connection ended that nobody has closed", "", "err", kEndings},
    {"+QMTRECV: <client>,<msgid>,<topic>[,<length>],<payload>", Line::urc, "a message"},
};
constexpr Line kDisconnectLines[] = {
    {"+QMTDISC: <client>,<result>", Line::urc, "the broker was left in order", "", "result", kEnds}};
constexpr Line kSubscribeLines[] = {{"+QMTSUB: <client>,<msgid>,<result>[,<values>]", Line::urc,
                                     "topics are subscribed to; each value is a granted QoS, or 128: refused", "",
                                     "result", kOutcomes}};
constexpr Line kUnsubscribeLines[] = {
    {"+QMTUNS: <client>,<msgid>,<result>", Line::urc, "topics are subscribed to no more", "", "result", kOutcomes}};
constexpr Line kPublishLines[] = {
    {"+QMTPUB: <client>,<msgid>,<result>[,<value>]", Line::urc, "a message is out", "", "result", kOutcomes}};

constexpr std::string_view kSources = "SDK, logs (services.md 5)";

constexpr Command mqtt_command(std::string_view name, std::string_view summary, Form write, std::span<const Line> lines,
                               Form read = {}) {
  return depending_on<&device::Firmware::mqtt>("mqtt", Command{.name = name,
                                                               .summary = summary,
                                                               .manual = kSources,
                                                               .confidence = Confidence::seen,
                                                               .write = write,
                                                               .read = read,
                                                               .lines = lines});
}

constexpr Command tested_by_list(Command command) {
  command.test = atcmd::plain<&test_configuration>();
  return command;
}

constexpr std::array kCommands{
    tested_by_list(
        mqtt_command("+QMTCFG", "Settings of an MQTT client", atcmd::write_selected(kConfiguration, kSelectors), {})),
    tested_as(" (0-5),<host_name>,(1-65535)",
              mqtt_command("+QMTOPEN", "Open a connection to an MQTT broker", atcmd::write<&open>(kOpen), kOpenLines,
                           atcmd::plain<&show_brokers>())),
    mqtt_command("+QMTCLOSE", "Cut the connection to an MQTT broker", atcmd::write<&close>(kClientOnly), kCloseLines),
    tested_as(" (0-5),<clientID>,<username>,<password>",
              mqtt_command("+QMTCONN", "Connect an MQTT client to its broker", atcmd::write<&connect>(kConnect),
                           kConnectLines, atcmd::plain<&show_states>())),
    mqtt_command("+QMTDISC", "Disconnect an MQTT client from its broker", atcmd::write<&disconnect>(kClientOnly),
                 kDisconnectLines),
    tested_as(
        " (0-5),<msgid>,\"topic\",(0-2)",
        mqtt_command("+QMTSUB", "Subscribe to topics", atcmd::write_as_typed<&subscribe>(kTopics), kSubscribeLines)),
    tested_as(" (0-5),<msgid>,\"topic\"",
              mqtt_command("+QMTUNS", "Unsubscribe from topics",
                           atcmd::write_as_typed<&unsubscribe>(std::span{kTopics}.first<3>()), kUnsubscribeLines)),
    // ASSUMED: a message is the host's own affair, and no key.
    taking({.content = atcmd::Payload::Content::ordinary, .size_in = 5},
           tested_as(" (0-5),<msgid>,(0-2),(0,1),\"topic\"",
                     mqtt_command("+QMTPUB", "Publish a message", atcmd::write_as_typed<&publish_typed>(kPublish),
                                  kPublishLines))),
};
static_assert(atcmd::names_are_unique(kCommands));

std::string_view name_of(MqttCommand command) {
  switch (command) {
    case MqttCommand::open: return "+QMTOPEN";
    case MqttCommand::close: return "+QMTCLOSE";
    case MqttCommand::connect: return "+QMTCONN";
    case MqttCommand::disconnect: return "+QMTDISC";
    case MqttCommand::subscribe: return "+QMTSUB";
    case MqttCommand::unsubscribe: return "+QMTUNS";
    case MqttCommand::publish: return "+QMTPUB";
  }
  return {};
}

}  // namespace

std::string mqtt_result_line(const device::MqttResult& event) {
  auto line = fmt::format("{}: {}", name_of(event.command), event.client);
  if (event.message) line += fmt::format(",{}", *event.message);
  line += fmt::format(",{}", event.result);
  for (const auto value : event.values) line += fmt::format(",{}", value);
  return line;
}

std::string mqtt_message_line(const device::MqttReceived& event, device::MobileEquipment& me) {
  const auto& [topic, payload, qos, retain, dup, id] = *event.message;
  auto line = fmt::format("+QMTRECV: {},{},\"{}\",", event.client, id, topic);
  if (me.mqtt().settings(event.client).show_length) line += fmt::format("{},", payload.size());
  const std::string_view quote = me.firmware().mqtt_bare_payload ? "" : "\"";
  line += quote;
  line += as_text(payload);
  line += quote;
  return line;
}

std::string mqtt_ending_line(const device::MqttEnded& event) {
  return fmt::format("+QMTSTAT: {},{}", event.client, static_cast<int>(event.why));
}

const atcmd::Family kMqttFamily{"MQTT", kCommands};

}  // namespace quasimodem::commands
