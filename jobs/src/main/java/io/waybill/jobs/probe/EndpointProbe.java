package io.waybill.jobs.probe;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Tls;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.step.Place;
import io.waybill.jobs.step.PlaceFiles;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.remote.RemoteTraits;
import io.waybill.transfer.remote.RemoteTransfer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import javax.net.SocketFactory;

/**
 * Looks at a server of another kind than ours: each step is told as it ends, and the first that
 * fails is the last.
 */
public final class EndpointProbe {
  private static final int REPLY_BYTES = 8192;

  private final Place.Remote place;
  private final PlaceFiles files;
  private final Network network;
  private final Steps steps;

  /**
   * Prepares to look.
   *
   * @param files opens the session
   * @param sockets for the looks below it
   * @param listener told of each step as it ends
   */
  public EndpointProbe(
      Place.Remote place, PlaceFiles files, SocketFactory sockets, Consumer<ProbeStep> listener) {
    this.place = place;
    this.files = files;
    this.network = new Network(place.connection().host(), place.connection().port(), sockets);
    this.steps = new Steps(network.endpoint(), listener);
  }

  /**
   * Looks.
   *
   * @param writes whether small files may be written, to see what renaming does and what time it is
   *     there; they are deleted
   * @param throughputBytes the size of a file that is sent and fetched back; empty for none
   * @return why the last step failed; empty if all went well
   */
  public Optional<RuntimeException> run(boolean writes, OptionalLong throughputBytes) {
    if (!network.isProxied()) {
      steps.step("name", network::name);
    }
    steps.step("connect", network::connect);
    if (isTls()) {
      steps.step("tls", this::tls);
    }
    steps.step("login", this::login);
    steps.step("round-trip", this::roundTrip);
    if (writes || place.connection() instanceof Connection.Web) {
      steps.step("clock", () -> Clock.compare(this::time));
    }
    if (writes) {
      steps.step("rename", this::rename);
    }
    if (throughputBytes.isPresent()) {
      long bytes = throughputBytes.getAsLong();
      steps.step("throughput", () -> Throughput.measure(session(), place.path(), bytes));
    }
    return steps.failure();
  }

  private Optional<Instant> time() {
    RemoteTransfer remote = (RemoteTransfer) session();
    return place.connection() instanceof Connection.Web
        ? remote.time()
        : remote.timeByWriting(Throughput.temporary(place.path()));
  }

  private FileTransfer session() {
    return files.session(place);
  }

  private boolean isTls() {
    Connection connection = place.connection();
    return (connection instanceof Connection.Ftp ftp && ftp.tls() != Tls.OFF)
        || (connection instanceof Connection.Web web && !(web.trust() instanceof Trust.Plaintext));
  }

  private Map<String, Object> tls() throws IOException {
    try (Socket socket = network.connected()) {
      if (place.connection() instanceof Connection.Ftp ftp && ftp.tls() == Tls.STARTTLS) {
        askForTls(socket);
      }
      return TlsLook.at(socket, network.host(), network.port());
    }
  }

  // RFC 4217: the greeting, AUTH TLS, 234
  private static void askForTls(Socket socket) throws IOException {
    reply(socket.getInputStream(), "220");
    socket.getOutputStream().write("AUTH TLS\r\n".getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    reply(socket.getInputStream(), "234");
  }

  private static void reply(InputStream in, String wanted) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < REPLY_BYTES; i++) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("it hung up instead of saying " + wanted);
      }
      if (next == '\n') {
        if (line.toString().startsWith(wanted + " ")) {
          return;
        }
        if (!line.toString().startsWith(wanted + "-") && line.toString().matches("[0-9]{3} .*")) {
          throw new IOException("it said \"" + line + "\" instead of " + wanted);
        }
        line.setLength(0);
      } else if (next >= ' ') {
        line.append((char) next);
      }
    }
    throw new IOException("it said more than " + REPLY_BYTES + " bytes before " + wanted);
  }

  private Map<String, Object> login() {
    Map<String, Object> facts = new LinkedHashMap<>();
    if (session() instanceof RemoteTransfer remote) {
      RemoteTraits traits = remote.traits();
      traits.protection().ifPresent(each -> facts.put("protection", each));
      facts.put("resumes-downloads", traits.restartsReads());
      facts.put("resumes-uploads", traits.restartsWrites());
      facts.put("hash", traits.hash().map(each -> each.label()).orElse("none"));
    }
    return facts;
  }

  private Map<String, Object> roundTrip() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      long begun = System.nanoTime();
      session().stat(place.path().isEmpty() ? "/" : place.path());
      least = Math.min(least, (System.nanoTime() - begun) / 1000);
    }
    return Map.of("least-micros", least);
  }

  private Map<String, Object> rename() throws IOException {
    String one = Throughput.temporary(place.path());
    String two = Throughput.temporary(place.path());
    Path file = Files.createTempFile("waybill-probe-", ".tmp");
    Map<String, Object> facts = new LinkedHashMap<>();
    try {
      Files.writeString(file, "waybill");
      session().upload(file, one, TransferOptions.defaults());
      session().upload(file, two, TransferOptions.defaults());
      try {
        session().rename(one, two);
        facts.put("renames-over-a-file", true);
      } catch (TransferException.Refused e) {
        facts.put("renames-over-a-file", false);
      }
      Optional<Instant> time = session().stat(two).flatMap(FileEntry::modified);
      time.ifPresent(
          there ->
              facts.put(
                  "keeps-times",
                  Math.abs(Duration.between(there, modified(file)).toSeconds()) <= 1));
      return facts;
    } finally {
      for (String each : new String[] {one, two}) {
        if (session().stat(each).isPresent()) {
          session().delete(each);
        }
      }
      Files.deleteIfExists(file);
    }
  }

  private static Instant modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      throw TransferException.LocalFile.failed(file, "Cannot look at " + file, e);
    }
  }
}
