// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/calendar.hpp"

namespace quasimodem::net::smtp {

/// Octets as base64 (RFC 4648), in one line. It comes from outside: the one there is belongs to the TLS library.
using Base64 = std::function<std::string(ByteSpan)>;

/// Of a subject or a body, as the TE says: its octets go out as they are, under this name.
enum class Charset { us_ascii, utf_8, gb2312, big5 };
std::string_view name_of(Charset charset);

struct Text {
  Charset charset = Charset::us_ascii;
  std::string text;
};

enum class Field { to, cc, bcc };

struct Recipient {
  Field field = Field::to;
  std::string address;
  bool operator==(const Recipient&) const = default;
};

struct Attachment {
  std::string name;  ///< without a path
  std::size_t size = 0;
  /// Up to `most` octets from `at` on. None where there are some by `size`: it cannot be read any more.
  std::function<Bytes(std::size_t at, std::size_t most)> read;
};

struct Mail {
  std::string sender_name;  ///< may be empty
  std::string sender;       ///< address
  std::vector<Recipient> recipients;
  Text subject;
  Text body;  ///< lines ended by CR LF, LF or CR
  std::vector<Attachment> attachments;
};

/// Whether an address can stand between `<` and `>` in a command and in a header: ASCII without blanks, controls and
/// angle brackets, 1–254 octets (RFC 5321 4.5.3.1.3).
bool sendable(std::string_view address);

/// A mail as a MIME message (RFC 5322, 2045, 2047, 2231), in pieces of a few kilobytes: an attachment is read while it
/// is sent. Every line ends with CR LF; no header can be put in by what a field contains. Dots are not yet doubled.
class Message {
 public:
  struct Form {
    UtcTime date;
    std::string id;          ///< the Message-ID's left side; empty: there is none
    bool eight_bit = false;  ///< the server takes octets from 128 on (8BITMIME)
    Base64 base64;
  };

  /// `mail` must outlive it and stay the same.
  Message(const Mail& mail, Form form);

  /// It has octets from 128 on, which only Form::eight_bit allows.
  bool eight_bit() const { return transfer_ == Transfer::eight_bit; }
  /// Octets of the whole, as SIZE counts them (RFC 1870): before dots are doubled.
  std::size_t size() const;

  /// The next piece; empty when all of it was given, or when an attachment cannot be read: then it is `unreadable`, and
  /// what was given so far is no mail.
  std::string next();
  bool unreadable() const { return unreadable_; }

 private:
  std::string more();

  enum class Transfer { seven_bit, eight_bit, base64 };

  /// A text with every line end as CR LF, a piece at a time.
  class Lines {
   public:
    explicit Lines(std::string_view text) : text_{text} {}
    std::string read(std::size_t most);

   private:
    std::string_view text_;
    std::size_t at_ = 0;
    bool feed_due_ = false;  ///< the CR of a line end was given, its LF not yet
  };

  static Transfer transfer_of(std::string_view text, bool eight_bit);
  std::string choose_boundary() const;
  bool multipart() const { return !mail_.attachments.empty(); }
  std::size_t parts() const { return 1 + mail_.attachments.size(); }

  std::string header() const;
  std::string text_head() const;
  std::string attachment_head(const Attachment& attachment) const;
  std::string head(std::size_t part) const;
  std::string closing() const;
  std::string from() const;
  std::string list(std::string_view name, Field field) const;

  std::string content();
  std::string text_content();
  std::string attachment_content(const Attachment& attachment);
  std::size_t text_size() const;
  /// Base64 in lines of 76.
  std::string in_lines(ByteSpan octets) const;

  const Mail& mail_;
  const Form form_;
  const Transfer transfer_;  ///< of the text
  const std::string boundary_;

  Lines lines_;
  std::string line_end_;  ///< the text's last two octets so far
  std::size_t part_ = 0;  ///< 0 the text, then the attachments
  std::string waiting_;   ///< made, and larger than a piece
  bool in_content_ = false;
  std::size_t read_ = 0;  ///< octets of the attachment
  bool closed_ = false;
  bool unreadable_ = false;
};

/// Doubles the dot that begins a line (RFC 5321 4.5.2), in pieces.
class DotStuffing {
 public:
  std::string operator()(std::string_view piece);
  /// What ends the mail behind all pieces: the dot alone in its line.
  std::string end() const;

 private:
  bool line_start_ = true;
};

}  // namespace quasimodem::net::smtp
