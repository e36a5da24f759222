package io.waybill.transfer.sync;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.PathFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;

/**
 * Looks at files one by one, several at a time, where a listing does not tell their sizes: index
 * pages of web servers do not.
 */
final class FileLooks {
  private static final int AT_A_TIME = 4;

  private final FileTransfer transfer;
  private final PathFilter filter;
  private final UnaryOperator<String> name;

  /**
   * Prepares.
   *
   * @param filter says which files matter; the others are not looked at
   * @param name turns a listed path into the endpoint's own name
   */
  FileLooks(FileTransfer transfer, PathFilter filter, UnaryOperator<String> name) {
    this.transfer = transfer;
    this.filter = filter;
    this.name = name;
  }

  /**
   * Returns the entries with what the endpoint tells of each file; one that has gone since stays as
   * it was listed.
   *
   * @throws TransferException if a file cannot be looked at
   */
  List<FileEntry> complete(List<FileEntry> listed) {
    if (listed.stream().noneMatch(this::isUntold)) {
      return listed;
    }
    ExecutorService crew =
        Executors.newFixedThreadPool(
            AT_A_TIME,
            work -> {
              Thread thread = new Thread(work, "waybill-look");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<FileEntry>> looks = new ArrayList<>(listed.size());
      for (FileEntry each : listed) {
        looks.add(
            isUntold(each)
                ? crew.submit(() -> look(each))
                : CompletableFuture.completedFuture(each));
      }
      List<FileEntry> complete = new ArrayList<>(listed.size());
      for (Future<FileEntry> each : looks) {
        complete.add(each.get());
      }
      return complete;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransferException.Connection(
          transfer.toString(), "Interrupted while files were looked at", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TransferException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      crew.shutdownNow();
    }
  }

  private boolean isUntold(FileEntry entry) {
    return entry.isFile()
        && entry.sizeBytes() == FileEntry.UNKNOWN_SIZE
        && filter.takesFile(entry.path());
  }

  private FileEntry look(FileEntry listed) {
    return transfer
        .stat(name.apply(listed.path()))
        .map(
            found ->
                new FileEntry(
                    listed.path(), found.kind(), found.sizeBytes(), found.modified(), found.mode()))
        .orElse(listed);
  }
}
