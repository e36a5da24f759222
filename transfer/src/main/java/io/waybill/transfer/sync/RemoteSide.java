package io.waybill.transfer.sync;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.file.PathFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A directory of an endpoint. */
public final class RemoteSide implements Side {
  private final FileTransfer transfer;
  private final String base;
  private final boolean reads;

  private RemoteSide(FileTransfer transfer, String base, boolean reads) {
    this.transfer = transfer;
    this.reads = reads;
    this.base =
        base.length() > 1 && base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
  }

  /**
   * Stands for a directory of an endpoint.
   *
   * @param transfer stays the caller's to close
   * @param base as the endpoint names it; empty for where a login begins
   */
  public static RemoteSide of(FileTransfer transfer, String base) {
    return new RemoteSide(transfer, base, false);
  }

  /**
   * Stands for a directory of an endpoint, whose files are read to compute digests that it does not
   * compute itself: all of them travel.
   */
  public static RemoteSide reading(FileTransfer transfer, String base) {
    return new RemoteSide(transfer, base, true);
  }

  @Override
  public Listing list(PathFilter filter) {
    List<FileEntry> plain = new ArrayList<>();
    List<TreeReceipt.Failure> failures = new ArrayList<>();
    for (FileEntry each : transfer.list(base, true)) {
      if (isPlain(each.path())) {
        plain.add(each);
      } else {
        String shown = each.path().replaceAll("\\p{Cntrl}", "?");
        failures.add(
            new TreeReceipt.Failure(
                shown,
                new TransferException.Refused(
                    0,
                    false,
                    "The endpoint lists '%s', which cannot be asked for by that name; rename it"
                        .formatted(shown),
                    null)));
      }
    }
    List<ListedEntry> found =
        new FileLooks(transfer, filter, this::name)
            .complete(plain).stream().map(ListedEntry::of).toList();
    return Listing.of(found, failures);
  }

  // the endpoint chose the name: one that leads elsewhere, or into a second command, is not used
  private static boolean isPlain(String path) {
    for (String each : path.split("/", -1)) {
      if (each.isEmpty()
          || each.equals(".")
          || each.equals("..")
          || each.indexOf('\uFFFD') >= 0
          || each.chars().anyMatch(Character::isISOControl)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Optional<Digest> digest(String path, Set<Digest.Algorithm> wanted) {
    Optional<Digest> computed = transfer.digest(name(path), wanted);
    return computed.isEmpty() && reads
        ? LocalSide.firstOf(wanted).map(each -> transfer.digestByReading(name(path), each))
        : computed;
  }

  @Override
  public boolean digestsAnything() {
    return reads;
  }

  @Override
  public Duration timeResolution() {
    return transfer.timeResolution();
  }

  @Override
  public String sourceName(String path) {
    return name(path);
  }

  @Override
  public String targetName(String path) {
    return name(path);
  }

  private String name(String path) {
    if (path.isEmpty()) {
      return base;
    }
    return base.isEmpty() || base.endsWith("/") ? base + path : base + "/" + path;
  }

  @Override
  public void makeDirectory(String path) {
    transfer.mkdir(name(path));
  }

  @Override
  public void rename(String from, String to) {
    transfer.rename(name(from), name(to));
  }

  @Override
  public void delete(String path) {
    transfer.delete(name(path));
  }

  @Override
  public void removeDirectory(String path) {
    transfer.removeDirectory(name(path));
  }

  @Override
  public void setModified(String path, Instant modified) {
    transfer.setModified(name(path), modified);
  }

  @Override
  public String toString() {
    return transfer + (base.startsWith("/") ? base : "/" + base);
  }
}
