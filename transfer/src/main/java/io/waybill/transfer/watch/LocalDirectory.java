package io.waybill.transfer.watch;

import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.PathFilter;
import io.waybill.transfer.file.TreeEntry;
import io.waybill.transfer.file.TreeWalker;
import io.waybill.transfer.watch.WatchTrouble.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A directory of this machine. */
final class LocalDirectory implements Watched {
  // all that is in a directory of the root, so that none is entered
  private static final String BELOW = "*/**";

  private final Path root;
  private final PathFilter filter;

  /**
   * Prepares.
   *
   * @param excludes what is not looked at
   */
  LocalDirectory(Path root, boolean isRecursive, List<String> excludes) {
    this.root = root.toAbsolutePath();
    List<String> patterns = new ArrayList<>(excludes);
    if (!isRecursive) {
      patterns.add(BELOW);
    }
    this.filter = PathFilter.of(List.of(), patterns);
  }

  Path root() {
    return root;
  }

  @Override
  public void list(Finding finding) throws IOException {
    try (TreeWalker walker = TreeWalker.open(root, filter)) {
      for (TreeEntry entry = walker.next();
          entry != null && !finding.isEnough();
          entry = walker.next()) {
        tell(entry, finding);
      }
    }
  }

  private static void tell(TreeEntry entry, Finding finding) {
    if (entry instanceof TreeEntry.RegularFile file) {
      finding.file(file.path(), file.identity());
    } else if (entry instanceof TreeEntry.Directory directory) {
      finding.directory(directory.path());
    } else if (entry instanceof TreeEntry.Skipped skipped) {
      finding.trouble(
          WatchTrouble.of(
              Kind.LEFT_OUT,
              skipped.path(),
              skipped.reason() == TreeEntry.Reason.LINK
                  ? "a symbolic link, which is not followed: name what it leads to"
                  : "neither a file nor a directory"),
          false);
    } else if (entry instanceof TreeEntry.Refused refused) {
      finding.trouble(
          WatchTrouble.of(
              Kind.UNUSABLE,
              refused.path(),
              String.valueOf(refused.cause().getMessage()),
              refused.cause()),
          refused.isDirectory());
    } else if (entry instanceof TreeEntry.Unreadable unreadable) {
      finding.trouble(
          WatchTrouble.of(
              Kind.UNREADABLE,
              unreadable.path(),
              LocalFailures.why(unreadable.cause()),
              unreadable.cause()),
          true);
    }
  }

  @Override
  public Optional<String> key() throws IOException {
    return Optional.ofNullable(Files.readAttributes(root, BasicFileAttributes.class).fileKey())
        .map(Object::toString);
  }

  @Override
  public String name() {
    return root.toString();
  }
}
