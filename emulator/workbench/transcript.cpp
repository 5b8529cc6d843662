// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/transcript.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/core.h>

#include "atcmd/table/param.hpp"
#include "core/bytes.hpp"
#include "core/duration_text.hpp"
#include "core/suggestion.hpp"
#include "emulator/workbench/pattern.hpp"

namespace quasimodem::workbench {

namespace {

using Error = tl::unexpected<std::string>;

/// Without blanks around it.
std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string{text.substr(first, text.find_last_not_of(' ') - first + 1)};
}

std::string_view next_line(std::string_view& text) {
  auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  if (line.ends_with('\r')) line.remove_suffix(1);  // of an editor's line end: a CR of the dialogue is written \r
  return line;
}

/// Some editors begin a file of UTF-8 with a mark.
void drop_mark(std::string_view& text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
}

/// `tls {IP}:{PORT} (demands a client certificate, echoes)`
tl::expected<NeededPeer, std::string> peer_of(const std::string& text) {
  using Kind = NeededPeer::Kind;
  constexpr std::pair<std::string_view, Kind> kKinds[] = {
      {"tls", Kind::tls},     {"tcp", Kind::tcp},       {"http", Kind::http},   {"https", Kind::https},
      {"ftp", Kind::ftp},     {"smtp", Kind::smtp},     {"smtps", Kind::smtps}, {"mqtt", Kind::mqtt},
      {"mqtts", Kind::mqtts}, {"silent", Kind::silent}, {"time", Kind::time},   {"host", Kind::host}};
  const auto blank = std::min(text.find(' '), text.size());
  const auto kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                 [&](const auto& k) { return k.first == text.substr(0, blank); });
  if (kind == std::end(kKinds))
    return Error{"a peer is tls, tcp, http, https, ftp, smtp, smtps, mqtt, mqtts, silent, time or host, not \"" + text +
                 '"'};
  const auto remarks = std::min(text.find('('), text.size());
  const auto where = trimmed(std::string_view{text}.substr(blank, remarks - blank));
  NeededPeer peer{.kind = kind->second, .host = where, .port = {}, .text = text};
  const bool has_port = peer.kind != Kind::time && peer.kind != Kind::host;
  const auto colon = where.rfind(':');
  if (where.empty() || has_port != (colon != std::string::npos)) {
    return Error{fmt::format("a peer is written like \"{}\", not \"{}\"",
                             has_port ? "tls {IP}:{PORT}" : "time {NTPHOST}", text)};
  }
  if (has_port) {
    peer.host = where.substr(0, colon);
    peer.port = where.substr(colon + 1);
    const auto number = atcmd::parse_integer(peer.port).value_or(0);
    if (peer.port.find('{') == std::string::npos && (number < 1 || number > 65535)) {
      return Error{fmt::format("\"{}\" is no port: 1 to 65535, or a {{VALUE}}", peer.port)};
    }
  }
  static const Pattern kRefuses{R"(.*refuses with (\d+).*)"};
  if (const auto refuses = kRefuses.whole(text))
    peer.refuses = static_cast<int>(atcmd::parse_integer((*refuses)[1]).value_or(0));
  if (peer.kind == Kind::smtp && text.find("STARTTLS", remarks) != std::string::npos) peer.kind = Kind::smtp_starttls;
  peer.demands_certificate = text.find("demands a client certificate", remarks) != std::string::npos;
  return peer;
}

/// What a line of the head begins with; `#Model:` is meant, too. Empty: it is no such line.
std::string name_in(std::string_view line) {
  const auto colon = line.find(':');
  if (!line.starts_with('#') || colon == std::string_view::npos) return {};
  auto name = trimmed(line.substr(1, colon - 1));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

/// What the phrases of `# start:` in older transcripts mean, in the order in which it is done.
constexpr std::pair<const char*, const char*> kStartPhrases[] = {
    {"(ATE[01])(| .*)", "# setup: $1"},
    {"([A-Z]+=[0-9,]+)", "# setup: AT+$1"},
    {"(power-up )?IP INITIAL", "# setup: AT+QIDEACT"},
    {"IP GPRSACT( .*)?", "# start: IP INITIAL\n# setup: AT+QIREGAPP\n# setup: AT+QIACT"},
    {"IP STATUS", "# start: IP GPRSACT\n# setup: AT+QILOCIP"},
    {"TCP connected on 0", "> AT+QIOPEN=0,\"TCP\",\"{IP}\",{PORT}\\r\n< \\r\\nOK\\r\\n\\r\\n0, CONNECT OK\\r\\n"},
    {"socket 1 is an open TCP connection",
     "> AT+QIOPEN=1,\"TCP\",\"198.51.100.20\",80\\r\n< \\r\\nOK\\r\\n\\r\\n1, CONNECT OK\\r\\n"},
    {"SSL connected on 0",
     "# start: IP STATUS\n> AT+QSSLOPEN=0,0,\"{IP}\",{PORT},0\\r\n< \\r\\nOK\\r\\n\\r\\n+QSSLOPEN: 0,0\\r\\n"},
    {"(IPR=[0-9]+) stored", "# setup: AT+$1&W"},
    {"power on", "# @event power cycle"},
    {"ESC in command state must produce nothing", ""},  // the steps show it
};

/// Reads a transcript line by line.
class Reader {
 public:
  using Result = tl::expected<void, std::string>;

  explicit Reader(Transcript& transcript) : transcript_{transcript} {}

  Result read(std::string_view line, int number) {
    constexpr std::pair<std::string_view, Result (Reader::*)(const std::string&)> kHead[] = {
        {"model", &Reader::model}, {"firmware", &Reader::firmware}, {"peers", &Reader::peers},
        {"value", &Reader::value}, {"not yet", &Reader::not_yet},   {"needs", &Reader::needs},
        {"setup", &Reader::setup}, {"start", &Reader::start},       {"content", &Reader::content}};
    constexpr std::pair<std::string_view, Result (Reader::*)(const std::string&)> kSteps[] = {
        {"> ", &Reader::host}, {"< ", &Reader::module}, {"# @wait", &Reader::wait}, {"# @event", &Reader::event}};
    number_ = number;
    const auto name = name_in(line);
    for (const auto& [known, take] : kHead) {
      if (name == known) return (this->*take)(trimmed(line.substr(line.find(':') + 1)));
    }
    for (const auto& [prefix, take] : kSteps) {
      if (line.starts_with(prefix)) return (this->*take)(std::string{line.substr(prefix.size())});
    }
    if (!line.starts_with('#') && !line.empty()) return Error{"neither host, module nor remark"};
    return {};
  }

 private:
  // ---- the head; the rest of it is for people

  Result model(const std::string& text) {
    auto& model = transcript_.needs.model;
    model = device::model_named(text);
    if (model) return {};
    return Error{fmt::format("unknown model \"{}\"; one of {}, or no such line{}", text,
                             device::model_keys_in_words("and"), did_you_mean(text, device::model_keys()))};
  }

  Result firmware(const std::string& text) {
    for (const auto& phrase : phrases_of(text)) {
      const auto equals = std::min(phrase.find('='), phrase.size());
      const auto* row = device::firmware_switch(phrase.substr(0, equals));
      const bool on = phrase.ends_with("=on");
      if (!row || (!on && !phrase.ends_with("=off"))) {
        return Error{"unknown firmware \"" + phrase + "\"; SWITCH=on or SWITCH=off, as in `quasimodem help firmware`"};
      }
      transcript_.needs.firmware.*row->choice = on;
    }
    return {};
  }

  Result peers(const std::string& text) {
    auto& peers = transcript_.needs.peers;
    if (!peers) peers.emplace();
    if (text == "none") return {};
    for (const auto& phrase : phrases_of(text)) {
      const auto peer = peer_of(phrase);
      if (!peer) return Error{peer.error()};
      peers->push_back(*peer);
    }
    return {};
  }

  Result value(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return Error{"a value is NAME=TEXT or NAME=@FILE, not \"" + text + '"'};
    transcript_.needs.values[text.substr(0, equals)] = text.substr(equals + 1);
    return {};
  }

  /// `/path` and words, some of them in quotes.
  Result content(const std::string& text) {
    static const Pattern kWord{R"re(\s*(?:"([^"]*)"|([^\s"]+))(.*))re"};
    const auto blank = std::min(text.find(' '), text.size());
    Needs::Content content{.line = number_, .path = text.substr(0, blank), .words = {}};
    if (!content.path.starts_with('/')) return Error{"what a server holds is written like /path \"text\""};
    for (auto rest = trimmed(text.substr(blank)); !rest.empty();) {
      const auto word = kWord.whole(rest);
      if (!word) return Error{"a quote is missing"};
      const bool quoted = rest.front() == '"';
      content.words.push_back({quoted ? quasimodem::to_text(unescaped((*word)[1])) : (*word)[2], quoted});
      rest = trimmed((*word)[3]);
    }
    transcript_.needs.contents.push_back(std::move(content));
    return {};
  }

  Result not_yet(const std::string& text) {
    if (text.empty()) return Error{"what is not there yet is named, like AT+CMUX"};
    for (auto& phrase : phrases_of(text)) transcript_.needs.not_yet.push_back(std::move(phrase));
    return {};
  }

  Result needs(const std::string& text) {
    for (auto& phrase : phrases_of(text)) transcript_.needs.states.push_back({number_, std::move(phrase)});
    return {};
  }

  Result setup(const std::string& text) {
    if (text.empty()) return Error{"a setup is a command line, like ATE0"};
    return add(Kind::setup, text);
  }

  /// What is no phrase of the table is a state that the module has to be in.
  Result start(const std::string& text) {
    auto phrases = phrases_of(text);
    for (const auto& [expression, meaning] : kStartPhrases) {
      const Pattern pattern{expression};
      for (auto& phrase : phrases) {
        const auto match = pattern.whole(phrase);
        if (!match) continue;
        std::string lines{meaning};
        if (const auto at = lines.find("$1"); at != std::string::npos) lines.replace(at, 2, (*match)[1]);
        for (std::string_view rest{lines}; !rest.empty();) {
          if (auto result = read(next_line(rest), number_); !result) return result;
        }
        phrase.clear();
      }
    }
    for (auto& phrase : phrases) {
      if (!phrase.empty()) transcript_.needs.states.push_back({number_, std::move(phrase)});
    }
    return {};
  }

  // ---- the steps

  using Kind = Transcript::Step::Kind;

  Result add(Kind kind, const std::string& text, Duration time = {}) {
    transcript_.steps.push_back({kind, number_, text, time});
    return {};
  }

  /// Consecutive lines of the host are one stream: what stands between two answers is sent in one burst.
  Result host(const std::string& text) {
    auto& steps = transcript_.steps;
    if (steps.empty() || steps.back().kind != Kind::host) return add(Kind::host, text);
    steps.back().text += text;
    return {};
  }

  Result module(const std::string& text) { return add(Kind::module, text); }
  Result event(const std::string& text) { return add(Kind::event, trimmed(text)); }

  Result wait(const std::string& text) {
    constexpr Duration kLongest = 24h;
    const auto time = parse_duration(trimmed(text));
    if (!time || *time > kLongest) return Error{fmt::format("a time is wanted, of a day at most: {}", kDurationForm)};
    return add(Kind::wait, text, *time);
  }

  Transcript& transcript_;
  int number_ = 0;
};

}  // namespace

std::vector<std::string> phrases_of(std::string_view text) {
  std::vector<std::string> phrases(1);
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool in_list = at + 1 < text.size() && std::isdigit(static_cast<unsigned char>(text[at + 1]));
    depth = std::max(0, depth + (c == '(' ? 1 : c == ')' ? -1 : 0));
    if (depth == 0 && !in_list && (c == ',' || c == ';')) {
      phrases.emplace_back();
    } else {
      phrases.back() += c;
    }
  }
  for (auto& phrase : phrases) phrase = trimmed(phrase);
  return phrases;
}

std::vector<std::string> Needs::texts() const {
  std::vector<std::string> texts;
  if (model) texts.push_back(fmt::format("model {}", device::key_of(*model)));
  for (const auto& row : device::firmware_switches()) {
    const auto& choice = firmware.*row.choice;
    if (choice) texts.push_back(fmt::format("firmware {}={}", row.name, *choice ? "on" : "off"));
  }
  for (const auto& peer : peers.value_or(std::vector<NeededPeer>{})) texts.push_back("peer " + peer.text);
  for (const auto& state : states) texts.push_back(state.text);
  return texts;
}

bool Transcript::looks_like_one(std::string_view text) {
  bool host = false;
  drop_mark(text);
  while (!text.empty()) {
    const auto line = next_line(text);
    if (name_in(line) == "model" || name_in(line) == "peers" || line.starts_with("< ")) return true;
    if (line.empty() || line.starts_with('#')) continue;
    if (!line.starts_with("> ") && !host) return false;
    host = true;  // a quotation in prose has no answer
  }
  return false;
}

tl::expected<Transcript, std::string> Transcript::parse(std::string_view name, std::string_view text) {
  Transcript transcript{.name = std::string{name}, .needs = {}, .steps = {}};
  Reader reader{transcript};
  drop_mark(text);
  for (int number = 1; !text.empty(); ++number) {
    if (const auto read = reader.read(next_line(text), number); !read)
      return tl::unexpected{fmt::format("{}:{}: {}", name, number, read.error())};
  }
  return transcript;
}

}  // namespace quasimodem::workbench
