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

bool FileTree::has_room_for(std::string_view path) const {
  return entries_.size() < kMostEntries && path.size() <= kLongestPath;
}

FileTree::File FileTree::find(std::string_view path) const {
  const auto found = entries_.find(path);
  return found == entries_.end() ? nullptr : found->second;
}

FileTree::File FileTree::create(std::string_view path) {
  if (is_directory(path) || !has_directory_of(path)) return nullptr;
  if (!exists(path) && !has_room_for(path)) return nullptr;
  auto file = std::make_shared<Bytes>();
  auto& place = entries_[std::string{path}];
  if (place) retire(place);
  place = file;
  return file;
}

bool FileTree::append_to(Bytes& file, ByteSpan more) {
  if (used() + more.size() > limit_) return false;
  append(file, more);
  return true;
}

std::size_t FileTree::used() const {
  std::size_t octets = 0;
  for (const auto& [path, file] : entries_) octets += file ? file->size() : 0;
  for (const auto& retired : retired_) {
    if (const auto file = retired.lock()) octets += file->size();
  }
  return octets;
}

void FileTree::retire(const File& file) {
  std::erase_if(retired_, [](const auto& retired) { return retired.expired(); });
  if (file.use_count() > 1) retired_.emplace_back(file);
}

// While a server reads or writes

class FileTree::Opened final : public OpenFile {
 public:
  Opened(FileTree& tree, File file) : tree_{tree}, file_{std::move(file)} {}

  std::size_t size() const override { return file_->size(); }
  Bytes read(std::size_t position, std::size_t most) override {
    const auto rest = ByteSpan{*file_}.subspan(std::min(position, file_->size()));
    const auto piece = rest.first(std::min(most, rest.size()));
    return {piece.begin(), piece.end()};
  }
  bool append(ByteSpan more) override { return tree_.append_to(*file_, more); }

 private:
  FileTree& tree_;
  File file_;
};

std::unique_ptr<OpenFile> FileTree::open(std::string_view path) {
  auto file = find(path);
  return file ? std::make_unique<Opened>(*this, std::move(file)) : nullptr;
}

std::unique_ptr<OpenFile> FileTree::open_for_writing(std::string_view path, std::size_t kept) {
  auto file = kept == 0 ? create(path) : find(path);
  if (!file || file->size() < kept) return nullptr;
  file->resize(kept);
  return std::make_unique<Opened>(*this, std::move(file));
}

// Names

bool FileTree::remove(std::string_view path) {
  const auto found = entries_.find(path);
  if (found == entries_.end() || !found->second) return false;
  retire(found->second);
  entries_.erase(found);
  return true;
}

bool FileTree::make_directory(std::string_view path) {
  return has_directory_of(path) && has_room_for(path) && entries_.emplace(path, nullptr).second;
}

bool FileTree::remove_directory(std::string_view path) {
  if (path == "/" || !is_directory(path) || !list(path).empty()) return false;
  entries_.erase(entries_.find(path));
  return true;
}

bool FileTree::rename(std::string_view from, std::string_view to) {
  const auto beneath = beginning_of_all_in(from);
  if (from == "/" || !exists(from) || exists(to) || !has_directory_of(to) || to.starts_with(beneath)) return false;
  const auto too_long = [&](const auto& entry) {
    return entry.first.starts_with(beneath) && to.size() + entry.first.size() - from.size() > kLongestPath;
  };
  if (to.size() > kLongestPath || std::any_of(entries_.begin(), entries_.end(), too_long)) return false;
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
