package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Walks over the files of a directory of any place: each directory's entries in the order of their
 * names, and what is in a directory where its name stands. One directory is listed at a time.
 */
public final class TreeFiles {
  private static final Comparator<FileEntry> BY_NAME = Comparator.comparing(FileEntry::path);

  private TreeFiles() {}

  /** Is told what is there, in order. */
  public interface Visitor {
    /**
     * A file.
     *
     * @param name relative to the directory, with {@code /}
     */
    void file(String name);

    /** Something that is neither a file nor a directory. */
    void leftOut(String name, CopyOutcome.Reason why);

    /** A directory that cannot be listed, or something that cannot be asked for by its name. */
    void failed(String name, TransferException why);
  }

  /**
   * Walks.
   *
   * @throws TransferException if the directory itself cannot be listed, or nothing can any more
   */
  public static void walk(PlaceFiles files, Place directory, Visitor visitor) {
    Deque<FileEntry> next = new ArrayDeque<>();
    push(next, "", list(files, directory));
    while (!next.isEmpty()) {
      FileEntry entry = next.pop();
      String name = entry.path();
      Optional<TransferException> refusal =
          directory instanceof Place.Local ? Optional.empty() : Selection.refusal(name);
      if (refusal.isPresent() && entry.kind() != FileEntry.Kind.LINK) {
        visitor.failed(name, refusal.get());
      } else if (entry.isFile()) {
        visitor.file(name);
      } else if (entry.isDirectory()) {
        try {
          push(
              next,
              name + "/",
              list(files, directory.withPath(SidecarFinder.join(directory.path(), name))));
        } catch (TransferException.Refused
            | TransferException.NotFound
            | TransferException.LocalFile e) {
          if (e.isTransient()) {
            throw e;
          }
          visitor.failed(name, e);
        } catch (JobException.NotFound e) {
          visitor.failed(
              name, new TransferException.NotFound(name, String.valueOf(e.getMessage()), e));
        }
      } else {
        visitor.leftOut(
            name,
            entry.kind() == FileEntry.Kind.LINK
                ? CopyOutcome.Reason.LINK
                : CopyOutcome.Reason.SPECIAL);
      }
    }
  }

  private static List<FileEntry> list(PlaceFiles files, Place directory) {
    List<FileEntry> entries = new ArrayList<>(files.entries(directory));
    entries.sort(BY_NAME);
    return entries;
  }

  private static void push(Deque<FileEntry> next, String prefix, List<FileEntry> sorted) {
    for (int i = sorted.size() - 1; i >= 0; i--) {
      FileEntry each = sorted.get(i);
      next.push(
          new FileEntry(
              prefix + each.path(), each.kind(), each.sizeBytes(), each.modified(), each.mode()));
    }
  }
}
