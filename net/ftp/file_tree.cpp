// SPDX-License-Identifier: Apache-2.0
#include "net/ftp/file_tree.hpp"

#include <algorithm>
#include <utility>

namespace quasimodem::net::ftp {

namespace {

std::string_view directory_of(std::string_view path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

std::string beginning_of_all_in(std::string_view directory) {
  return directory == "/" ? "/" : std::string{directory} + '/';
}

void go_up(std::string& path) { path.erase(path.rfind('/')); }

}  // namespace

std::string FileTree::absolute(std::string_view from, std::string_view path) {
  std::string whole;
  const auto walk = [&whole](std::string_view parts) {
    while (!parts.empty()) {
      const auto part = parts.substr(0, parts.find('/'));
      parts.remove_prefix(std::min(parts.size(), part.size() + 1));
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        whole.append("/").append(part);
      } else if (!whole.empty()) {
        go_up(whole);
      }
    }
  };
  if (!path.starts_with('/')) walk(from);
  walk(path);
  return whole.empty() ? "/" : whole;
}

bool FileTree::is_directory(std::string_view path) const {
  const auto found = entries_.find(path);
  return found != entries_.end() && !found->second;
}

bool FileTree::has_directory_of(std::string_view path) const { return is_directory(directory_of(path)); }

FileTree::File FileTree::find(std::string_view path) const {
  const auto found = entries_.find(path);
  return found == entries_.end() ? nullptr : found->second;
}

FileTree::File FileTree::create(std::string_view path) {
  if (is_directory(path) || !has_directory_of(path)) return nullptr;
  auto file = std::make_shared<Bytes>();
  entries_.insert_or_assign(std::string{path}, file);
  return file;
}

bool FileTree::append_to(Bytes& file, ByteSpan more) {
  std::size_t used = more.size();
  for (const auto& [path, other] : entries_) used += other ? other->size() : 0;
  if (used > limit_) return false;
  append(file, more);
  return true;
}

bool FileTree::remove(std::string_view path) {
  const auto found = entries_.find(path);
  if (found == entries_.end() || !found->second) return false;
  entries_.erase(found);
  return true;
}

bool FileTree::make_directory(std::string_view path) {
  return has_directory_of(path) && entries_.emplace(path, nullptr).second;
}

bool FileTree::remove_directory(std::string_view path) {
  if (path == "/" || !is_directory(path) || !list(path).empty()) return false;
  entries_.erase(entries_.find(path));
  return true;
}

bool FileTree::rename(std::string_view from, std::string_view to) {
  const auto beneath = beginning_of_all_in(from);
  if (from == "/" || !exists(from) || exists(to) || !has_directory_of(to) || to.starts_with(beneath)) return false;
  decltype(entries_) moved;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto& path = entry->first;
    if (path != from && !path.starts_with(beneath)) {
      ++entry;
      continue;
    }
    moved.emplace(std::string{to} + path.substr(from.size()), std::move(entry->second));
    entry = entries_.erase(entry);
  }
  entries_.merge(moved);
  return true;
}

std::vector<FileTree::Entry> FileTree::list(std::string_view directory) const {
  const auto beneath = beginning_of_all_in(directory);
  std::vector<Entry> all;
  for (auto entry = entries_.upper_bound(beneath); entry != entries_.end(); ++entry) {
    const auto& [path, file] = *entry;
    if (!path.starts_with(beneath)) break;
    const auto name = path.substr(beneath.size());
    if (name.find('/') == name.npos) all.push_back({name, file ? file->size() : 0, !file});
  }
  return all;
}

}  // namespace quasimodem::net::ftp
