package io.waybill.transfer.sftp;

import io.waybill.transfer.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the server hash a whole file (draft-ietf-secsh-filexfer-extensions-00 3). */
final class RemoteHash {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteHash.class);
  private static final byte[] WANTED = "sha256,sha512,sha1,md5".getBytes(StandardCharsets.US_ASCII);

  private final SftpClient client;
  private final Duration patience;

  RemoteHash(SftpClient client, Duration patience) {
    this.client = client;
    this.patience = patience;
  }

  /** Returns the strongest one it computes; empty if it cannot or will not. */
  Optional<Digest> of(String path) throws IOException {
    if (!client.offered().hashes()) {
      return Optional.empty();
    }
    try {
      boolean byHandle =
          client.offered().has(Offered.CHECK_FILE_HANDLE)
              && !client.offered().has(Offered.CHECK_FILE_NAME);
      return Optional.of(
          byHandle
              ? client.closing(
                  client.open(path, Fxp.FLAG_READ),
                  patience,
                  open -> ask(Request.extended(Offered.CHECK_FILE_HANDLE).string(open)))
              : ask(Request.extended(Offered.CHECK_FILE_NAME).path(path)));
    } catch (SftpStatusException e) {
      LOG.info("event=sftp-hash-refused reason={}", e.getMessage());
      return Optional.empty();
    }
  }

  private Digest ask(Request request) throws IOException {
    // from 0, to the end, as one block
    request.string(WANTED).int64(0).int64(0).int32(0);
    Reply reply = client.ask(request, patience).require(Fxp.EXTENDED_REPLY, request.name());
    String algorithm = reply.text();
    // the draft's text leaves this word out, most servers send it
    if (algorithm.equals(Offered.CHECK_FILE)) {
      algorithm = reply.text();
    }
    Digest.Algorithm known =
        switch (algorithm) {
          case "sha256" -> Digest.Algorithm.SHA_256;
          case "sha512" -> Digest.Algorithm.SHA_512;
          case "sha1" -> Digest.Algorithm.SHA_1;
          case "md5" -> Digest.Algorithm.MD5;
          default ->
              throw new SftpProtocolException(
                  "A hash that nobody asked for, at %s".formatted(request.name()));
        };
    // the draft has the bytes as they are, some servers send them as a string
    byte[] value = reply.remaining() == 4 + known.lengthBytes() ? reply.bytes() : reply.rest();
    if (value.length != known.lengthBytes()) {
      throw new SftpProtocolException(
          "A %s hash of %d bytes".formatted(known.label(), value.length));
    }
    return Digest.of(known, value);
  }
}
