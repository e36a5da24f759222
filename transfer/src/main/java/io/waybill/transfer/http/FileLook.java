package io.waybill.transfer.http;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.remote.RemoteFile;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds out what is at a path, and remembers the digest that was told of the last file. */
final class FileLook {
  /**
   * What is there.
   *
   * @param hasRanges false if the server said that it reads files from their start only
   */
  record Found(RemoteFile file, boolean hasRanges) {}

  private record Told(RemoteFile file, Digest digest) {}

  private final HttpCaller caller;
  private @Nullable Told told;

  FileLook(HttpCaller caller) {
    this.caller = caller;
  }

  /** Returns the digest that was told of the file looked at last. */
  Optional<Digest> last() {
    return Optional.ofNullable(told).map(Told::digest);
  }

  Optional<Digest> digestOf(String path) {
    return Optional.ofNullable(told)
        .filter(each -> each.file().path().equals(path))
        .map(Told::digest);
  }

  /** Notes the digest that comes with a file's content. */
  void note(RemoteFile file, Reply reply) {
    DigestHeaders.of(reply.headers(), reply.code() == 200)
        .ifPresent(digest -> told = new Told(file, digest));
  }

  /** Looks by HEAD, and by GET of one byte where HEAD is refused or tells no size. */
  Optional<Found> at(String path, Consumer<Reply> note) throws IOException {
    Reply head = caller.ask("HEAD", path, DigestHeaders.WANTED);
    note.accept(head);
    caller.discard(head);
    if (isDirectory(head, path)) {
      return Optional.of(directory(path));
    }
    boolean isAnswered = head.code() != 405 && head.code() != 501;
    // a size of 0 is what those say who do not know
    if (isAnswered && (!head.isSuccess() || size(head).orElse(0) > 0)) {
      return file(head, path);
    }
    Map<String, String> headers = new HashMap<>(DigestHeaders.WANTED);
    headers.put("Range", "bytes=0-0");
    try (Reply byteOfIt = caller.ask("GET", path, headers)) {
      note.accept(byteOfIt);
      return isDirectory(byteOfIt, path) ? Optional.of(directory(path)) : file(byteOfIt, path);
    }
  }

  private static boolean isDirectory(Reply reply, String path) {
    return reply.isRedirect()
        || (reply.isSuccess()
            && (RequestPath.isDirectory(path) || reply.uri().getRawPath().endsWith("/")));
  }

  private static Found directory(String path) {
    return new Found(
        new RemoteFile(
            new FileEntry(
                path, FileEntry.Kind.DIRECTORY, FileEntry.UNKNOWN_SIZE, Optional.empty())),
        true);
  }

  private Optional<Found> file(Reply reply, String path) throws IOException {
    boolean isEmpty = reply.code() == 416 && reply.header("Content-Range").isPresent();
    if (reply.code() == 404 || reply.code() == 410) {
      told = null;
      return Optional.empty();
    }
    if (!reply.isSuccess() && !isEmpty) {
      throw caller.refused(reply);
    }
    reply.requireIdentity();
    FileEntry entry =
        new FileEntry(
            path,
            FileEntry.Kind.FILE,
            size(reply).orElse(FileEntry.UNKNOWN_SIZE),
            reply.lastModified());
    RemoteFile file = new RemoteFile(entry, reply.strongTag());
    Told before = told;
    // told with the content only, it still holds for that version
    told = before != null && before.file().equals(file) ? before : null;
    if (reply.isSuccess()) {
      DigestHeaders.of(reply.headers(), reply.code() == 200)
          .ifPresent(digest -> told = new Told(file, digest));
    }
    boolean hasRanges = !reply.header("Accept-Ranges").orElse("").strip().equalsIgnoreCase("none");
    return Optional.of(new Found(file, hasRanges));
  }

  private static OptionalLong size(Reply reply) throws HttpProtocolException {
    if (reply.code() == 206 || reply.code() == 416) {
      return OptionalLong.of(
          ContentRange.parse(reply.header("Content-Range").orElse("none")).size());
    }
    return reply.contentLength();
  }
}
