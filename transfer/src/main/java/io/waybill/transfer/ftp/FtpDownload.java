package io.waybill.transfer.ftp;

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
import io.waybill.transfer.file.IntegrityException;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.PartAppender;
import io.waybill.transfer.file.PartFile;
import io.waybill.transfer.file.PlainDigest;
import io.waybill.transfer.file.ProgressReporter;
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
import java.util.Set;

/** Fetches one file: into a part file, checked in every way the server allows, then published. */
final class FtpDownload {
  private static final int OVERLAP_BYTES = 64 << 10;

  private final FtpSession session;
  private final FtpSession.Call call;
  private final String remote;
  private final Path target;
  private final TransferOptions options;
  private final Digest.Algorithm digest;
  private final Reconnects reconnects;
  private int attempts;
  private long bytesResumed;

  FtpDownload(
      FtpSession session,
      FtpSession.Call call,
      String remote,
      Path target,
      TransferOptions options) {
    this.session = session;
    this.call = call;
    this.remote = remote;
    this.target = target;
    this.options = options;
    this.digest = options.digest().orElse(Digest.Algorithm.SHA_256);
    this.reconnects = new Reconnects(session.server());
  }

  TransferReceipt run() {
    FtpServer server = session.server();
    Instant started = server.clock().instant();
    TransferReceipt.Builder receipt =
        TransferReceipt.builder()
            .source(Location.of(Location.Scheme.FTP, server.host(), server.port(), remote))
            .target(Location.of(target))
            .started(started);
    SourceIdentity identity = resuming(this::identify);
    receipt.bytes(identity.sizeBytes());
    try {
      if (skips(identity)) {
        receipt.verification(Verification.SIZE_MTIME).skippedBecauseEqual();
      } else {
        String location = server.credentials().user() + "@" + server.endpoint() + " " + remote;
        try (PartFile part = PartFile.open(target, identity, location)) {
          fetch(part, receipt);
        }
        receipt.attempts(attempts).bytesResumed(bytesResumed);
      }
    } catch (IOException e) {
      throw LocalFailures.translate(target, e);
    }
    return receipt
        .reconnects(reconnects.count())
        .duration(Duration.between(started, server.clock().instant()))
        .build();
  }

  private <T> T resuming(FtpSession.Step<T> step) {
    return session.resuming(remote, call, reconnects, step);
  }

  private SourceIdentity identify(FtpConnection connection) throws IOException {
    FileEntry entry =
        connection
            .stat(remote)
            .orElseThrow(
                () ->
                    new TransferException.NotFound(
                        remote, "No " + remote + " on " + session.server().endpoint(), null));
    if (!entry.isFile()) {
      throw new TransferException.Refused(0, false, remote + " is not a regular file", null);
    }
    if (entry.sizeBytes() < 0 || entry.sizeBytes() > ChunkLayout.MAX_FILE_BYTES) {
      throw new FtpProtocolException("No usable size of " + remote + ": " + entry.sizeBytes());
    }
    return new SourceIdentity(entry.sizeBytes(), entry.modified(), Optional.empty());
  }

  private boolean skips(SourceIdentity identity) throws IOException {
    if (options.targetPolicy() == TargetPolicy.REPLACE || !Files.exists(target)) {
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
            .equals(identity.modified().get().truncatedTo(ChronoUnit.MILLIS));
  }

  private void fetch(PartFile part, TransferReceipt.Builder receipt) throws IOException {
    long size = part.source().sizeBytes();
    ProgressReporter progress =
        new ProgressReporter(options.listener(), remote, size, System::nanoTime);
    Set<Digest.Algorithm> algorithms = algorithms();
    PartAppender out = appender(part, algorithms.toArray(Digest.Algorithm[]::new));
    session.actResuming(
        remote,
        call,
        reconnects,
        connection -> {
          requireUnchanged(connection, part);
          receive(connection, part, out, progress);
        });
    progress.at(Phase.VERIFYING, size);
    Set<Digest> digests = new LinkedHashSet<>();
    for (Digest.Algorithm each : algorithms) {
      digests.add(out.digest(each));
    }
    Verification reached = resuming(connection -> verify(connection, part, digests));
    receipt.verification(reached);
    receipt.digest(
        digests.stream()
            .filter(each -> each.algorithm() == digest)
            .findFirst()
            .orElseGet(part::root));
    progress.at(Phase.PUBLISHING, size);
    part.publish(null, options.targetPolicy());
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

  private Set<Digest.Algorithm> algorithms() {
    Set<Digest.Algorithm> wanted = new LinkedHashSet<>(Set.of(Digest.Algorithm.SHA_256));
    if (digest != Digest.Algorithm.SHA_256_TREE) {
      wanted.add(digest);
    }
    resuming(connection -> connection.features().hash())
        .ifPresent(hash -> wanted.add(hash.algorithm()));
    return wanted;
  }

  private void receive(
      FtpConnection connection, PartFile part, PartAppender out, ProgressReporter progress)
      throws IOException {
    long size = part.source().sizeBytes();
    long position = out.position();
    if (position == size && (size == 0 || attempts > 0)) {
      attempts = Math.max(1, attempts);
      return;
    }
    attempts++;
    byte[] tail = tail(out);
    boolean restart = connection.features().canRestart();
    long offset = restart ? position - tail.length : 0;
    bytesResumed = restart ? position : 0;
    TailCheck check = new TailCheck(offset, position, tail);
    connection.read(
        remote,
        offset,
        size,
        (bytes, length) -> {
          local(
              () -> {
                int from = seam(check, bytes, length, part);
                out.write(bytes, from, length - from);
              });
          progress.at(Phase.TRANSFERRING, out.position());
          return true;
        });
    if (!check.isComplete() || out.position() < size) {
      throw FtpConnection.endedEarly(out.position(), size);
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

  private interface LocalStep {
    void run() throws IOException;
  }

  // what goes wrong here must not be taken for a lost connection
  private void local(LocalStep step) {
    try {
      step.run();
    } catch (IOException e) {
      throw LocalFailures.translate(target, e);
    }
  }

  private void requireUnchanged(FtpConnection connection, PartFile part) throws IOException {
    SourceIdentity now = identify(connection);
    if (!now.equals(part.source())) {
      local(part::discard);
      throw new TransferException.Integrity(
          remote,
          part.source().toString(),
          now.toString(),
          remote + " changed while it was copied; nothing was published",
          null);
    }
  }

  private Verification verify(FtpConnection connection, PartFile part, Set<Digest> digests)
      throws IOException {
    requireUnchanged(connection, part);
    Verification reached =
        part.source().modified().isPresent() ? Verification.SIZE_MTIME : Verification.SIZE;
    Optional<Digest> there = connection.hash(remote);
    if (there.isPresent()) {
      requireEqual(part, there.get(), digests);
      reached = Verification.DIGEST;
    }
    if (!reached.atLeast(options.atLeast())) {
      PlainDigest again = new PlainDigest(Digest.Algorithm.SHA_256);
      connection.read(
          remote,
          0,
          part.source().sizeBytes(),
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
    if (digests.contains(there)) {
      return;
    }
    local(part::discard);
    throw new TransferException.Integrity(
        remote,
        there.toString(),
        digests.toString(),
        "What arrived of " + remote + " is not what the server has; nothing was published",
        null);
  }
}
