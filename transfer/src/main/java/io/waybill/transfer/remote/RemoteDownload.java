package io.waybill.transfer.remote;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.Location;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferProgress.Phase;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.ExpectedDigest;
import io.waybill.transfer.file.IntegrityException;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.PartAppender;
import io.waybill.transfer.file.PartFile;
import io.waybill.transfer.file.PartOptions;
import io.waybill.transfer.file.PlainDigest;
import io.waybill.transfer.file.ProgressReporter;
import io.waybill.transfer.file.SourceFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Fetches one file: into a part file, checked in every way the server allows, then published. */
final class RemoteDownload {
  private static final int OVERLAP_BYTES = 64 << 10;

  private final Lease lease;
  private final String remote;
  private final String shown;
  private final Path target;
  private final TransferOptions options;
  private final DigestPlan plan;
  private final Reconnects reconnects;
  private OptionalInt mode = OptionalInt.empty();
  private int attempts;
  private long bytesResumed;
  private long bytesSent;
  private boolean isMixed; // perhaps of two versions

  RemoteDownload(Lease lease, String remote, Path target, TransferOptions options) {
    this.lease = lease;
    this.remote = remote;
    this.shown = lease.endpoint().shown(remote);
    this.target = target;
    this.options = options;
    this.plan = DigestPlan.of(options);
    this.reconnects = new Reconnects(lease.endpoint());
  }

  TransferReceipt run() {
    RemoteEndpoint endpoint = lease.endpoint();
    Instant started = endpoint.terms().clock().instant();
    TransferReceipt.Builder receipt =
        TransferReceipt.builder()
            .source(endpoint.location(remote))
            .target(Location.of(target))
            .started(started);
    RemoteFile file = resuming(session -> lookAt(endpoint, session, remote));
    mode = file.entry().mode();
    try {
      if (file.entry().sizeBytes() == FileEntry.UNKNOWN_SIZE) {
        new UnsizedDownload(lease, file, target, options, reconnects).run(receipt);
        return finished(receipt, started);
      }
      requireUsable(endpoint, file);
      receipt.bytes(file.entry().sizeBytes());
      if (skips(file.identity())) {
        receipt.verification(Verification.SIZE_MTIME).skippedBecauseEqual();
        options.expected().ifPresent(receipt::digest);
      } else {
        try (PartFile part = open(file.identity(), endpoint.account() + " " + remote)) {
          fetch(part, receipt);
        }
        receipt.attempts(attempts).bytesResumed(bytesResumed).bytesSent(bytesSent);
      }
    } catch (IOException e) {
      throw LocalFailures.translate(target, e);
    }
    return finished(receipt, started);
  }

  private TransferReceipt finished(TransferReceipt.Builder receipt, Instant started) {
    return receipt
        .reconnects(reconnects.count())
        .duration(Duration.between(started, lease.endpoint().terms().clock().instant()))
        .build();
  }

  private <T> T resuming(Lease.Step<T> step) {
    return lease.resuming(remote, reconnects, step);
  }

  private PartFile open(SourceIdentity identity, String place) throws IOException {
    Path absolute = target.toAbsolutePath();
    Path parent = absolute.getParent();
    Path last = absolute.getFileName();
    if (parent == null || last == null) {
      throw new IOException("Not a file name: " + target);
    }
    if (options.makeParents()) {
      Files.createDirectories(parent);
    }
    PartOptions how =
        plan.told() == Digest.Algorithm.SHA_256_TREE
            ? PartOptions.withTree()
            : PartOptions.crc32cOnly();
    return PartFile.open(DirectoryHandle.open(parent), last.toString(), identity, place, how);
  }

  private RemoteFile look(RemoteSession session) throws IOException {
    return look(lease.endpoint(), session, remote);
  }

  /** Looks at what is to be read, which must be a regular file of a usable size. */
  static RemoteFile look(RemoteEndpoint endpoint, RemoteSession session, String path)
      throws IOException {
    RemoteFile file = lookAt(endpoint, session, path);
    requireUsable(endpoint, file);
    return file;
  }

  private static RemoteFile lookAt(RemoteEndpoint endpoint, RemoteSession session, String path)
      throws IOException {
    String shown = endpoint.shown(path);
    RemoteFile file =
        session
            .stat(path)
            .orElseThrow(
                () ->
                    new TransferException.NotFound(
                        shown, "No " + shown + " on " + endpoint.name(), null));
    if (!file.entry().isFile()) {
      throw new TransferException.Refused(0, false, shown + " is not a regular file", null);
    }
    return file;
  }

  private static void requireUsable(RemoteEndpoint endpoint, RemoteFile file) {
    long size = file.entry().sizeBytes();
    String shown = endpoint.shown(file.path());
    if (size == FileEntry.UNKNOWN_SIZE) {
      throw new TransferException.Refused(
          0,
          false,
          "%s does not tell how long %s is: copy it to this machine by itself, where its end is enough, and from here on"
              .formatted(endpoint.name(), shown),
          null);
    }
    if (size < 0 || size > ChunkLayout.MAX_FILE_BYTES) {
      throw new TransferException.Protocol(
          endpoint.name(), "No usable size of %s: %d".formatted(shown, size), null);
    }
  }

  private boolean skips(SourceIdentity identity) throws IOException {
    boolean mayMatter =
        options.targetPolicy() == TargetPolicy.SKIP_EQUAL
            || options.targetPolicy() == TargetPolicy.FAIL;
    if (!mayMatter || !Files.exists(target)) {
      return false;
    }
    if (options.targetPolicy() == TargetPolicy.FAIL) {
      throw new FileAlreadyExistsException(target.toString());
    }
    if (!Verification.SIZE_MTIME.atLeast(options.atLeast()) || identity.modified().isEmpty()) {
      return false;
    }
    BasicFileAttributes there = Files.readAttributes(target, BasicFileAttributes.class);
    return there.isRegularFile()
        && there.size() == identity.sizeBytes()
        && there
            .lastModifiedTime()
            .toInstant()
            .truncatedTo(ChronoUnit.MILLIS)
            .equals(identity.modified().get().truncatedTo(ChronoUnit.MILLIS))
        && isAsExpected();
  }

  // the one that is there: it is this machine's, and soon read
  private boolean isAsExpected() throws IOException {
    if (options.expected().isEmpty()) {
      return true;
    }
    Digest expected = options.expected().get();
    try (SourceFile there = SourceFile.open(target)) {
      return there.digest(expected.algorithm()).equals(expected);
    }
  }

  private void fetch(PartFile part, TransferReceipt.Builder receipt) throws IOException {
    long size = part.source().sizeBytes();
    ProgressReporter progress =
        new ProgressReporter(options.listener(), shown, size, System::nanoTime);
    Set<Digest.Algorithm> algorithms = resuming(session -> plan.running(session.hashAlgorithm()));
    Digest.Algorithm[] running = algorithms.toArray(Digest.Algorithm[]::new);
    PartAppender[] appender = {appender(part, running)};
    lease.actResuming(
        remote,
        reconnects,
        session -> {
          RemoteFile file = unchanged(session, part);
          if (appender[0].position() > 0 && !isWhole(appender[0], size)) {
            if (!mayResume(session, part)) {
              local(() -> appender[0] = emptied(part, running));
            }
            isMixed = appender[0].position() > 0 && !part.source().tellsVersions();
          }
          receive(session, file, part, appender[0], progress);
        });
    PartAppender out = appender[0];
    progress.at(Phase.VERIFYING, size);
    Set<Digest> digests = new LinkedHashSet<>();
    for (Digest.Algorithm each : algorithms) {
      digests.add(out.digest(each));
    }
    requireExpected(part, digests);
    resuming(
        session -> {
          receipt.verification(verify(session, part, digests));
          session.protection().ifPresent(receipt::tls);
          return true;
        });
    receipt.digest(
        digests.stream()
            .filter(each -> each.algorithm() == plan.told())
            .findFirst()
            .orElseGet(part::root));
    progress.at(Phase.PUBLISHING, size);
    String name =
        part.publish(
            null, options.targetPolicy(), options.preserveMode() ? mode : OptionalInt.empty());
    receipt.target(Location.of(target.resolveSibling(name)));
    progress.at(Phase.DONE, size);
  }

  private static PartAppender appender(PartFile part, Digest.Algorithm[] algorithms)
      throws IOException {
    try {
      return part.appender(algorithms);
    } catch (IntegrityException rotten) {
      // the bad chunk was forgotten: what comes before it is good
      return part.appender(algorithms);
    }
  }

  private boolean isWhole(PartAppender out, long size) {
    return out.position() == size && (size == 0 || attempts > 0);
  }

  // bytes of two tries may be of two versions: that must come out before they are published
  private boolean mayResume(RemoteSession session, PartFile part) {
    return part.source().tellsVersions()
        || options.expected().isPresent()
        || options.atLeast() == Verification.READ_BACK
        || (plan.remote() && session.hashAlgorithm().isPresent());
  }

  private static PartAppender emptied(PartFile part, Digest.Algorithm[] algorithms)
      throws IOException {
    for (int i = 0; i < part.layout().chunkCount(); i++) {
      if (part.have().contains(i)) {
        part.forget(i);
      }
    }
    return part.appender(algorithms);
  }

  private void receive(
      RemoteSession session,
      RemoteFile file,
      PartFile part,
      PartAppender out,
      ProgressReporter progress)
      throws IOException {
    long size = part.source().sizeBytes();
    long position = out.position();
    if (isWhole(out, size)) {
      attempts = Math.max(1, attempts);
      return;
    }
    attempts++;
    byte[] tail = tail(out);
    boolean restart = session.restartsReads();
    long offset = restart ? position - tail.length : 0;
    bytesResumed = restart ? position : 0;
    TailCheck check = new TailCheck(offset, position, tail);
    session.read(
        file,
        offset,
        (bytes, length) -> {
          local(
              () -> {
                int from = seam(check, bytes, length, part);
                out.write(bytes, from, length - from);
              });
          bytesSent += length;
          reconnects.reached(out.position(), size);
          progress.at(Phase.TRANSFERRING, out.position());
          return true;
        });
    if (!check.isComplete() || out.position() < size) {
      throw new EOFException("The data ended after %d of %d bytes".formatted(out.position(), size));
    }
  }

  private static int seam(TailCheck check, byte[] bytes, int length, PartFile part)
      throws IOException {
    try {
      return check.accept(bytes, length);
    } catch (IntegrityException e) {
      part.discard();
      throw e;
    }
  }

  private byte[] tail(PartAppender out) {
    try {
      return out.tail(OVERLAP_BYTES);
    } catch (IOException e) {
      throw LocalFailures.translate(target, e);
    }
  }

  private void local(LocalStep step) {
    LocalStep.at(target, step);
  }

  private RemoteFile unchanged(RemoteSession session, PartFile part) throws IOException {
    RemoteFile now = look(session);
    if (!now.identity().equals(part.source())) {
      local(part::discard);
      throw new TransferException.Integrity(
          shown,
          part.source().toString(),
          now.identity().toString(),
          shown + " changed while it was copied; nothing was published",
          null);
    }
    return now;
  }

  private void requireExpected(PartFile part, Set<Digest> digests) {
    try {
      ExpectedDigest.require(options.expected(), shown, digests);
    } catch (TransferException.Integrity e) {
      local(part::discard);
      throw e;
    }
  }

  private Verification verify(RemoteSession session, PartFile part, Set<Digest> digests)
      throws IOException {
    RemoteFile file = unchanged(session, part);
    Verification reached =
        part.source().modified().isPresent() ? Verification.SIZE_MTIME : Verification.SIZE;
    Optional<Digest> there = plan.remote() ? session.hash(remote) : Optional.empty();
    if (there.isPresent()) {
      requireEqual(part, there.get(), digests);
      reached = Verification.DIGEST;
    }
    boolean isProven = reached == Verification.DIGEST || options.expected().isPresent();
    if (!reached.atLeast(options.atLeast()) || (isMixed && !isProven)) {
      PlainDigest again = new PlainDigest(plan.again());
      session.read(
          file,
          0,
          (bytes, length) -> {
            again.update(bytes, 0, length);
            return true;
          });
      requireEqual(part, again.digest(), digests);
      local(part::readBack);
      reached = Verification.READ_BACK;
    }
    return reached;
  }

  private void requireEqual(PartFile part, Digest there, Set<Digest> digests) {
    Set<Digest> known = new LinkedHashSet<>(digests);
    if (digests.stream().noneMatch(each -> each.algorithm() == there.algorithm())) {
      local(() -> known.add(part.digest(there.algorithm())));
    }
    if (known.contains(there)) {
      return;
    }
    local(part::discard);
    throw new TransferException.Integrity(
        shown,
        there.toString(),
        known.toString(),
        "What arrived of " + shown + " is not what the server has; nothing was published",
        null);
  }
}
