package io.waybill.transfer.http;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.WebQuery;
import io.waybill.transfer.remote.ByteSink;
import io.waybill.transfer.remote.ByteSupply;
import io.waybill.transfer.remote.Introduction;
import io.waybill.transfer.remote.RefusedByPeerException;
import io.waybill.transfer.remote.RemoteFile;
import io.waybill.transfer.remote.RemotePath;
import io.waybill.transfer.remote.RemoteSession;
import io.waybill.transfer.remote.StallWatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What can be asked of an HTTP server about files; used by one thread at a time. */
final class HttpSession implements RemoteSession {
  private static final int LARGEST_INDEX = 8 << 20;
  private static final List<String> TELLING =
      List.of("Allow", "DAV", "Accept-Ranges", "ETag", "Repr-Digest", "Digest", "Content-MD5");

  private final HttpSite site;
  private final HttpCaller caller;
  private final MoveSupport moves;
  private final FileLook looks;
  private boolean restarts = true;
  private @Nullable String protection;

  HttpSession(HttpSite site, HttpCaller caller, MoveSupport moves) {
    this.site = site;
    this.caller = caller;
    this.moves = moves;
    this.looks = new FileLook(caller);
  }

  // no connection is held for long: whether the server is there the next request tells
  @Override
  public boolean isAlive() {
    return true;
  }

  /** Says it of the file that was looked at last: FileRead copes with one that promised more. */
  @Override
  public boolean restartsReads() {
    return restarts;
  }

  @Override
  public boolean restartsWrites() {
    return false;
  }

  @Override
  public Optional<Digest.Algorithm> hashAlgorithm() {
    return looks.last().map(Digest::algorithm);
  }

  @Override
  public Introduction introduction(String path) throws IOException {
    List<String> features = new ArrayList<>();
    Optional<String> software = Optional.empty();
    for (String method : List.of("OPTIONS", "HEAD")) {
      Reply reply = caller.ask(method, path.isEmpty() ? "/" : path, Map.of());
      caller.discard(reply);
      note(reply);
      if (reply.code() == 401) {
        throw caller.refused(reply);
      }
      software = software.or(() -> reply.header("Server"));
      for (String header : TELLING) {
        reply
            .header(header)
            .map(text -> header + ": " + text)
            .filter(text -> !features.contains(text))
            .ifPresent(features::add);
      }
    }
    return new Introduction(software, features, Optional.empty());
  }

  @Override
  public Optional<String> protection() {
    return Optional.ofNullable(protection);
  }

  private void note(Reply reply) {
    reply.tls().ifPresent(tls -> protection = tls.getProtocol() + " " + tls.getCipherSuite());
  }

  @Override
  public Optional<RemoteFile> stat(String path) throws IOException {
    Optional<FileLook.Found> found = looks.at(path, this::note);
    restarts = found.map(FileLook.Found::hasRanges).orElse(true);
    return found.map(FileLook.Found::file);
  }

  @Override
  public List<FileEntry> list(String directory) throws IOException {
    String path = RequestPath.directory(directory);
    if (WebQuery.isIn(path)) {
      throw new NotSentException("A directory's address has no query");
    }
    try (Reply reply =
        caller.ask("GET", path, Map.of("Accept", "text/html, application/json;q=0.9"))) {
      note(reply);
      if (!reply.isSuccess()) {
        throw caller.refused(reply);
      }
      reply.requireIdentity();
      String type = reply.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
      byte[] page = page(reply);
      if (type.startsWith("application/json")) {
        return JsonIndex.parse(new String(page, StandardCharsets.UTF_8));
      }
      if (type.startsWith("text/html") || type.startsWith("application/xhtml+xml")) {
        return IndexPage.parse(page, charset(type), reply.uri());
      }
      throw new HttpProtocolException(
          "%s is no index page; is listing switched on there (nginx: autoindex on)?"
              .formatted(Origin.shown(reply.uri())));
    }
  }

  private static @Nullable String charset(String type) {
    int at = type.indexOf("charset=");
    return at < 0 ? null : type.substring(at + 8).split(";", 2)[0].replace("\"", "").strip();
  }

  private byte[] page(Reply reply) throws IOException {
    try (StallWatch.Phase brief = caller.watch().within(site.terms().idleTimeout());
        InputStream in = reply.body()) {
      byte[] page = in.readNBytes(LARGEST_INDEX + 1);
      if (page.length > LARGEST_INDEX) {
        throw new HttpProtocolException("An index page of more than 8 MiB");
      }
      return page;
    }
  }

  @Override
  public void read(RemoteFile file, long offset, ByteSink sink) throws IOException {
    FileRead read = new FileRead(caller, site.terms().idleTimeout(), file, offset);
    try (Reply reply = read.ask()) {
      note(reply);
      looks.note(file, reply);
      read.receive(reply, sink);
    }
  }

  @Override
  public void write(String path, long offset, long size, ByteSupply supply) throws IOException {
    put(path, size, Map.of(), supply);
  }

  @Override
  public boolean publishesDirectly(String path) throws IOException {
    if (WebQuery.isIn(path)) {
      return true; // signed for this one name
    }
    return moves.publishesDirectly(caller, directoryOf(path));
  }

  // some servers know a directory by the name with the slash only
  @Override
  public boolean isDirectory(String path) throws IOException {
    return stat(RequestPath.directory(path)).filter(each -> each.entry().isDirectory()).isPresent();
  }

  @Override
  public boolean makesParents(String path) throws IOException {
    return WebQuery.isIn(path) || !moves.isOffered(caller, directoryOf(path));
  }

  private static String directoryOf(String path) {
    return RequestPath.directory(RemotePath.parent(path));
  }

  @Override
  public void writeDirectly(String path, long size, boolean onlyNew, ByteSupply supply)
      throws IOException {
    put(path, size, onlyNew ? Map.of("If-None-Match", "*") : Map.of(), supply);
  }

  private void put(String path, long size, Map<String, String> headers, ByteSupply supply)
      throws IOException {
    if (RequestPath.isDirectory(path)) {
      throw new NotSentException("A file's name does not end in a slash");
    }
    Reply reply = caller.put(path, headers, size, supply);
    note(reply);
    requireSuccess(reply);
  }

  private void requireSuccess(Reply reply) throws IOException {
    if (reply.isRedirect()) {
      throw new HttpProtocolException(
          "A change is not redirected: name the address itself, %s"
              .formatted(
                  Origin.shown(Origin.resolve(reply.uri(), reply.header("Location").orElse("")))));
    }
    // 207: what is in it says what failed, and only of more than one file
    if (!reply.isSuccess() || reply.code() == 207 || reply.code() == 202) {
      throw caller.refused(reply);
    }
  }

  @Override
  public Optional<Instant> time() throws IOException {
    Reply reply = caller.ask("HEAD", RequestPath.directory(""), Map.of());
    note(reply);
    caller.discard(reply);
    return reply.date();
  }

  @Override
  public Optional<Digest> hash(String path) throws IOException {
    Optional<Digest> known = looks.digestOf(path);
    if (known.isEmpty() && stat(path).isPresent()) {
      known = looks.digestOf(path);
    }
    return known;
  }

  @Override
  public boolean setModified(String path, Instant modified) {
    return false;
  }

  @Override
  public boolean setMode(String path, int mode) {
    return false;
  }

  @Override
  public boolean force(String path) {
    return false;
  }

  /** MOVE (RFC 4918 9.9). One over a directory would delete all that is in it. */
  @Override
  public void rename(String from, String to) throws IOException {
    if (stat(to).filter(each -> each.entry().isDirectory()).isPresent()) {
      throw new NotSentException(to + " is a directory, which a MOVE would delete with all in it");
    }
    Reply reply =
        caller.change(
            "MOVE", from, Map.of("Destination", caller.address(to).toString(), "Overwrite", "T"));
    if (reply.code() == 404 && stat(from).isPresent()) {
      throw new NotSentException(
          "The server has no MOVE there, though it answered as if it had: upload with publishing DIRECT");
    }
    requireSuccess(reply);
  }

  /** DELETE of a directory takes all that is in it, so that is asked first. */
  @Override
  public void delete(String path) throws IOException {
    if (stat(path).filter(each -> each.entry().isDirectory()).isPresent()) {
      throw new NotSentException(path + " is a directory, which HTTP deletes with all in it only");
    }
    requireSuccess(caller.change("DELETE", path, Map.of()));
  }

  /** MKCOL (RFC 4918 9.3); 405 is also what it says of a directory that is there. */
  @Override
  public void makeDirectory(String path) throws IOException {
    String directory = RequestPath.directory(path);
    Reply reply = caller.change("MKCOL", directory, Map.of());
    // some servers know a directory by the name with the slash only; 403: it is not listed
    if (reply.code() == 405) {
      Reply there = caller.ask("HEAD", directory, Map.of());
      caller.discard(there);
      if (there.isSuccess() || there.code() == 403) {
        return;
      }
    }
    requireSuccess(reply);
  }

  /**
   * Refuses.
   *
   * @throws RefusedByPeerException always: HTTP has no way to delete a directory only if it is
   *     empty
   */
  @Override
  public void removeDirectory(String path) throws IOException {
    throw new NotSentException("HTTP deletes a directory with all that is in it, or not at all");
  }

  @Override
  public void close() {
    caller.close();
  }
}
