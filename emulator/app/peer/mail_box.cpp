// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/mail_box.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <system_error>
#include <unistd.h>

#include <fmt/core.h>

#include "core/bytes.hpp"

namespace quasimodem::app {
namespace {

using net::smtp::Delivery;

/// Of an error number.
std::string reason(int problem) { return std::generic_category().message(problem); }

/// What the envelope has goes into the file as a mail program's delivery writes it (RFC 5321 4.4): whom a blind copy
/// was for stands nowhere else.
std::string content_of(const Delivery& mail) {
  auto content = fmt::format("Return-Path: <{}>\r\n", escaped(mail.sender));
  for (const auto& recipient : mail.recipients) content += fmt::format("Delivered-To: {}\r\n", escaped(recipient));
  return content + mail.text;
}

/// 0, or the error number.
int write_all(int descriptor, const std::string& content) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{::fdopen(descriptor, "w"), &std::fclose};
  if (!file) return errno;
  const bool written = std::fwrite(content.data(), 1, content.size(), file.get()) == content.size();
  return std::fflush(file.get()) == 0 && written ? 0 : errno;
}

}  // namespace

tl::expected<std::string, std::string> MailBox::keep(const Delivery& mail) {
  if (!folder_) return "";
  for (;; ++next_) {
    auto path = fmt::format("{}/{:04}.eml", *folder_, next_);
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST) continue;
    if (file < 0) return tl::unexpected{fmt::format("{}: {}", path, reason(errno))};
    const int problem = write_all(file, content_of(mail));
    if (problem == 0) return path;
    ::unlink(path.c_str());  // half a mail is none
    return tl::unexpected{fmt::format("{}: {}", path, reason(problem))};
  }
}

std::string envelope_line(const Delivery& mail) {
  std::string recipients;
  for (const auto& recipient : mail.recipients)
    recipients += fmt::format("{}<{}>", recipients.empty() ? "" : ", ", escaped(recipient));
  return fmt::format("mail from <{}> to {}, {} B, {}{}{}", escaped(mail.sender), recipients, mail.text.size(),
                     mail.secure ? "over TLS" : "in clear", mail.user.empty() ? "" : ", user ", escaped(mail.user));
}

}  // namespace quasimodem::app
