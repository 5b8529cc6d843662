// SPDX-License-Identifier: Apache-2.0
#include "net/smtp/mail.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace quasimodem::net::smtp {
namespace {

constexpr std::size_t kBase64Line = 57;  // octets that make 76 characters
constexpr std::size_t kContinued = 60;   // of a parameter (RFC 2231 3)
constexpr std::size_t kLargestPiece = 4096;
constexpr std::size_t kPiece = 48 * kBase64Line;          // octets encoded at a time
constexpr std::size_t kLongestLine = 998;                 // RFC 5322 2.1.1, without CR LF
constexpr std::size_t kWordLine = 76, kLongestWord = 75;  // RFC 2047 2
// What stands in a header as it is stays well within a line.
constexpr std::size_t kLongestPlain = 800;
constexpr std::string_view kLineEnd = "\r\n";

bool control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
bool high(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool ascii(std::string_view text) { return std::none_of(text.begin(), text.end(), high); }

/// One line, whatever was in it.
std::string one_line(std::string_view text) {
  std::string line{text};
  std::replace_if(line.begin(), line.end(), control, ' ');
  return line;
}

std::string quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

/// Octets of the UTF-8 character that begins there; of what is none, 1.
std::size_t utf8_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
  if (lead > 0xF4 || length > text.size()) return 1;
  const auto rest = text.substr(1, length - 1);
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  return std::all_of(rest.begin(), rest.end(), continues) ? length : 1;
}

std::size_t character_length(std::string_view text, Charset charset) {
  if (charset == Charset::us_ascii) return 1;
  if (charset == Charset::utf_8) return utf8_length(text);
  return high(text.front()) && text.size() > 1 ? 2 : 1;
}

bool utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 1 && high(text.front())) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// As many whole characters as fit into so many octets, at least one.
std::size_t fitting(std::string_view text, Charset charset, std::size_t octets) {
  std::size_t size = character_length(text, charset);
  while (size < text.size()) {
    const auto next = size + character_length(text.substr(size), charset);
    if (next > octets) break;
    size = next;
  }
  return size;
}

/// RFC 2047 words in lines of at most 76; the first begins behind `column` characters. No character is cut in two.
std::string encoded_words(std::string_view text, Charset charset, std::size_t column, const Base64& base64) {
  std::string words;
  static constexpr std::string_view kBegin = "=?", kEncoding = "?B?", kEnd = "?=";
  const auto frame = kBegin.size() + name_of(charset).size() + kEncoding.size() + kEnd.size();
  while (!text.empty()) {
    const auto room = std::min(kLongestWord, kWordLine - column) - frame;
    const auto size = fitting(text, charset, room / 4 * 3);
    if (!words.empty()) words += "\r\n ";
    words +=
        fmt::format("{}{}{}{}{}", kBegin, name_of(charset), kEncoding, base64(as_bytes(text.substr(0, size))), kEnd);
    text.remove_prefix(size);
    column = 1;
  }
  return words;
}

bool plain(std::string_view text) { return ascii(text) && text.size() <= kLongestPlain; }

std::string subject(const Text& subject, const Base64& base64) {
  const auto line = one_line(subject.text);
  constexpr std::string_view kName = "Subject: ";
  if (plain(line)) return fmt::format("{}{}\r\n", kName, line);
  return fmt::format("{}{}\r\n", kName, encoded_words(line, subject.charset, kName.size(), base64));
}

/// RFC 5322 3.3, in UTC.
std::string date_time(UtcTime time) {
  static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format("{}, {} {} {:04} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday{day}.c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view kAlsoPlain = "-._";
  std::string encoded;
  for (const char c : text) {
    const bool letter = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const bool as_it_is = letter || kAlsoPlain.find(c) != std::string_view::npos;
    encoded += as_it_is ? std::string{c} : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

/// `filename="log.txt"`, or as RFC 2231 has it. ASSUMED: a file's name is UTF-8 where it can be; else its character set
/// stays unsaid.
std::string file_name(std::string_view name) {
  const auto line = one_line(name);
  if (plain(line)) return "filename=" + quoted(line);
  auto rest = fmt::format("{}''{}", utf8(line) ? "utf-8" : "", percent_encoded(line));
  if (rest.size() <= kLongestPlain) return "filename*=" + rest;
  std::string continued;
  for (int number = 0; !rest.empty(); ++number) {
    const auto part = rest.substr(0, kContinued);
    rest.erase(0, part.size());
    continued += fmt::format("{}filename*{}*={}", number > 0 ? ";\r\n " : "", number, part);
  }
  return continued;
}

void keep_last_two(std::string& last, std::string_view more) {
  last += more;
  if (last.size() > 2) last.erase(0, last.size() - 2);
}

std::size_t size_in_lines(std::size_t octets) {
  const auto characters = (octets + 2) / 3 * 4;
  const auto lines = (octets + kBase64Line - 1) / kBase64Line;
  return characters + lines * kLineEnd.size();
}

}  // namespace

std::string_view name_of(Charset charset) {
  static constexpr std::array<std::string_view, 4> kNames{"us-ascii", "utf-8", "gb2312", "big5"};
  return kNames[static_cast<std::size_t>(charset)];
}

bool sendable(std::string_view address) {
  static constexpr std::size_t kLongest = 254;
  const auto unfit = [](char c) { return control(c) || high(c) || c == ' ' || c == '<' || c == '>'; };
  return !address.empty() && address.size() <= kLongest && std::none_of(address.begin(), address.end(), unfit);
}

std::string Message::Lines::read(std::size_t most) {
  std::string piece;
  while (piece.size() < most && (feed_due_ || at_ < text_.size())) {
    if (feed_due_) {
      piece += '\n';
      feed_due_ = false;
      continue;
    }
    const char c = text_[at_++];
    const bool ends_line = c == '\r' || c == '\n';
    if (c == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
    piece += ends_line ? '\r' : c;
    feed_due_ = ends_line;
  }
  return piece;
}

Message::Message(const Mail& mail, Form form)
    : mail_{mail},
      form_{std::move(form)},
      transfer_{transfer_of(mail.body.text, form_.eight_bit)},
      boundary_{choose_boundary()},
      lines_{mail.body.text} {}

Message::Transfer Message::transfer_of(std::string_view text, bool eight_bit) {
  std::size_t line = 0;
  std::size_t longest = 0;
  for (const char c : text) {
    line = c == '\r' || c == '\n' ? 0 : line + 1;
    longest = std::max(longest, line);
  }
  if (longest > kLongestLine || text.find('\0') != std::string_view::npos) return Transfer::base64;
  if (ascii(text)) return Transfer::seven_bit;
  return eight_bit ? Transfer::eight_bit : Transfer::base64;
}

/// No base64 has `=_` in it, so only the text can contain it.
std::string Message::choose_boundary() const {
  std::string boundary;
  for (int number = 1; boundary.empty() || mail_.body.text.find(boundary) != std::string::npos; ++number)
    boundary = fmt::format("=_part_{}_{}", form_.date.time_since_epoch().count(), number);
  return boundary;
}

std::size_t Message::size() const {
  std::size_t size = text_size();
  for (std::size_t part = 0; part < parts(); ++part) size += head(part).size();
  for (const auto& attachment : mail_.attachments) size += size_in_lines(attachment.size);
  return size + closing().size();
}

std::size_t Message::text_size() const {
  Lines lines{mail_.body.text};
  std::size_t size = 0;
  std::string last;
  for (auto piece = lines.read(kPiece); !piece.empty(); piece = lines.read(kPiece)) {
    size += piece.size();
    keep_last_two(last, piece);
  }
  if (transfer_ == Transfer::base64) return size_in_lines(size);
  return multipart() || last == kLineEnd ? size : size + kLineEnd.size();
}

std::string Message::from() const {
  const auto name = one_line(mail_.sender_name);
  if (name.empty()) return fmt::format("From: <{}>\r\n", mail_.sender);
  if (plain(name)) return fmt::format("From: {} <{}>\r\n", quoted(name), mail_.sender);
  // ASSUMED: the name, which is given without a character set, has the subject's, and UTF-8 beside one in ASCII.
  const auto charset = mail_.subject.charset == Charset::us_ascii ? Charset::utf_8 : mail_.subject.charset;
  static constexpr std::string_view kName = "From: ";
  return fmt::format("{}{}\r\n <{}>\r\n", kName, encoded_words(name, charset, kName.size(), form_.base64),
                     mail_.sender);
}

std::string Message::list(std::string_view name, Field field) const {
  std::string list;
  for (const auto& recipient : mail_.recipients) {
    if (recipient.field != field) continue;
    list += list.empty() ? fmt::format("{}: ", name) : ",\r\n ";
    list += fmt::format("<{}>", recipient.address);
  }
  return list.empty() ? list : list + "\r\n";
}

std::string Message::header() const {
  std::string header = fmt::format("Date: {}\r\n", date_time(form_.date));
  header += from() + list("To", Field::to) + list("Cc", Field::cc) + subject(mail_.subject, form_.base64);
  if (!form_.id.empty()) {
    const auto at = mail_.sender.rfind('@');
    const auto domain = at == std::string::npos ? mail_.sender : mail_.sender.substr(at + 1);
    header += fmt::format("Message-ID: <{}@{}>\r\n", form_.id, domain);
  }
  return header + "MIME-Version: 1.0\r\n";
}

/// ASSUMED: octets from 128 on that the TE calls ASCII are sent under that name.
std::string Message::text_head() const {
  static constexpr std::array kTransfers{"7bit", "8bit", "base64"};
  return fmt::format("Content-Type: text/plain; charset={}\r\nContent-Transfer-Encoding: {}\r\n\r\n",
                     name_of(mail_.body.charset), kTransfers[static_cast<std::size_t>(transfer_)]);
}

std::string Message::attachment_head(const Attachment& attachment) const {
  return fmt::format(
      "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
      "Content-Disposition: attachment;\r\n {}\r\n\r\n",
      file_name(attachment.name));
}

std::string Message::head(std::size_t part) const {
  if (part > 0) return fmt::format("\r\n--{}\r\n{}", boundary_, attachment_head(mail_.attachments[part - 1]));
  if (!multipart()) return header() + text_head();
  return fmt::format("{}Content-Type: multipart/mixed;\r\n boundary=\"{}\"\r\n{}\r\n--{}\r\n{}", header(), boundary_,
                     eight_bit() ? "Content-Transfer-Encoding: 8bit\r\n" : "", boundary_, text_head());
}

std::string Message::closing() const { return multipart() ? fmt::format("\r\n--{}--\r\n", boundary_) : std::string{}; }

std::string Message::next() {
  if (waiting_.empty()) waiting_ = more();
  auto piece = waiting_.substr(0, kLargestPiece);
  waiting_.erase(0, piece.size());
  return piece;
}

std::string Message::more() {
  while (!unreadable_ && part_ < parts()) {
    if (!std::exchange(in_content_, true)) return head(part_);
    if (auto piece = content(); !piece.empty()) return piece;
    if (unreadable_) return {};
    in_content_ = false;
    read_ = 0;
    ++part_;
  }
  if (unreadable_ || std::exchange(closed_, true)) return {};
  return closing();
}

std::string Message::content() {
  return part_ == 0 ? text_content() : attachment_content(mail_.attachments[part_ - 1]);
}

std::string Message::text_content() {
  auto piece = lines_.read(kPiece);
  if (transfer_ == Transfer::base64) return in_lines(as_bytes(piece));
  if (!piece.empty()) {
    keep_last_two(line_end_, piece);
    return piece;
  }
  // In a multipart the line end before the boundary belongs to that.
  if (multipart() || line_end_ == kLineEnd) return {};
  line_end_ = kLineEnd;
  return line_end_;
}

std::string Message::attachment_content(const Attachment& attachment) {
  if (read_ == attachment.size) return {};
  Bytes octets;
  while (octets.size() < std::min(kPiece, attachment.size - read_)) {
    const auto most = std::min(kPiece, attachment.size - read_) - octets.size();
    const auto more = attachment.read(read_ + octets.size(), most);
    unreadable_ = more.empty() || more.size() > most;
    if (unreadable_) return {};
    append(octets, more);
  }
  read_ += octets.size();
  return in_lines(octets);
}

std::string Message::in_lines(ByteSpan octets) const {
  std::string lines;
  for (std::size_t at = 0; at < octets.size(); at += kBase64Line)
    lines += form_.base64(octets.subspan(at, std::min(kBase64Line, octets.size() - at))) += kLineEnd;
  return lines;
}

std::string DotStuffing::operator()(std::string_view piece) {
  std::string stuffed;
  stuffed.reserve(piece.size() + 8);
  for (const char c : piece) {
    if (c == '.' && line_start_) stuffed += '.';
    stuffed += c;
    line_start_ = c == '\n';
  }
  return stuffed;
}

std::string DotStuffing::end() const { return line_start_ ? ".\r\n" : "\r\n.\r\n"; }

}  // namespace quasimodem::net::smtp
