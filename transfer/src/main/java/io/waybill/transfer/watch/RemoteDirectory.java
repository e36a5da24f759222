package io.waybill.transfer.watch;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.file.PathFilter;
import io.waybill.transfer.watch.WatchTrouble.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** A directory of a server; its listing tells sizes and times, and nothing of the mount. */
final class RemoteDirectory implements Watched {
  private final FileTransfer transfer;
  private final String directory;
  private final boolean isRecursive;
  private final PathFilter filter;

  RemoteDirectory(
      FileTransfer transfer, String directory, boolean isRecursive, List<String> excludes) {
    this.transfer = transfer;
    this.directory = directory;
    this.isRecursive = isRecursive;
    this.filter = PathFilter.of(List.of(), excludes);
  }

  @Override
  public void list(Finding finding) {
    Deque<String> left = new ArrayDeque<>();
    left.push("");
    while (!left.isEmpty() && !finding.isEnough()) {
      String below = left.pop();
      // one at a time: what is excluded is not asked for
      for (FileEntry entry : transfer.list(join(directory, below), false)) {
        String path = join(below, entry.path());
        if (entry.isDirectory()) {
          if (isRecursive && filter.enters(path)) {
            left.push(path);
          }
        } else if (filter.takesFile(path)) {
          tell(path, told(path, entry), finding);
        }
      }
    }
  }

  private static String join(String above, String name) {
    return above.isEmpty() || name.isEmpty() || above.endsWith("/")
        ? above + name
        : above + "/" + name;
  }

  // index pages of web servers have names only
  private FileEntry told(String path, FileEntry entry) {
    return entry.isFile() && !isTold(entry)
        ? transfer.stat(join(directory, path)).filter(FileEntry::isFile).orElse(entry)
        : entry;
  }

  private static boolean isTold(FileEntry entry) {
    return entry.sizeBytes() != FileEntry.UNKNOWN_SIZE || entry.modified().isPresent();
  }

  private static void tell(String path, FileEntry entry, Finding finding) {
    if (!entry.isFile()) {
      finding.trouble(
          WatchTrouble.of(
              Kind.LEFT_OUT,
              path,
              entry.kind() == FileEntry.Kind.LINK
                  ? "a symbolic link, which is not followed: name what it leads to"
                  : "neither a file nor a directory"),
          false);
    } else if (!isTold(entry)) {
      finding.trouble(
          WatchTrouble.of(
              Kind.UNUSABLE,
              path,
              "the server tells neither size nor time of it, so that nobody can see when it is finished"),
          false);
    } else {
      finding.file(
          path,
          new SourceIdentity(Math.max(0, entry.sizeBytes()), entry.modified(), Optional.empty()));
    }
  }

  @Override
  public Optional<String> key() {
    return Optional.empty();
  }

  @Override
  public String name() {
    return directory.isEmpty() ? "the server's directory" : directory;
  }
}
