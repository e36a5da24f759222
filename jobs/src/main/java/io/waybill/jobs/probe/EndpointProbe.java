package io.waybill.jobs.probe;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Tls;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.net.Greeting;
import io.waybill.jobs.net.Network;
import io.waybill.jobs.net.TlsLook;
import io.waybill.jobs.step.Place;
import io.waybill.jobs.step.PlaceFiles;
import io.waybill.jobs.step.Trusts;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.remote.Introduction;
import io.waybill.transfer.remote.RemoteTraits;
import io.waybill.transfer.remote.RemoteTransfer;
import io.waybill.transfer.sftp.HostKeyLook;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
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
  // no server's own time for what is written now
  private static final Instant LONG_AGO = Instant.parse("2001-02-03T04:05:06Z");

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
   * @param logsIn whether anybody logs in; without it what comes before is all
   * @param writes whether small files may be written, to see what renaming does and what time it is
   *     there; they are deleted
   * @param throughputBytes the size of a file that is sent and fetched back; empty for none
   * @return why the last step failed; empty if all went well
   */
  public Optional<RuntimeException> run(
      boolean logsIn, boolean writes, OptionalLong throughputBytes) {
    if (!network.isProxied()) {
      steps.step("name", network::name);
    }
    steps.step("connect", network::connect);
    if (place.connection() instanceof Connection.Ftp ftp && ftp.tls() != Tls.IMPLICIT) {
      steps.step("greeting", this::greeting);
    }
    if (isTls()) {
      steps.noting("tls", this::tls);
    }
    if (place.connection() instanceof Connection.Sftp) {
      steps.noting("host-key", this::hostKey);
    }
    if (!logsIn) {
      return steps.failure();
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

  private void tls(Map<String, Object> facts) throws IOException {
    boolean isAsked = place.connection() instanceof Connection.Ftp ftp && ftp.tls() == Tls.STARTTLS;
    TlsLook.Server server =
        () -> isAsked ? Greeting.untilTls(network.connected()) : network.connected();
    try (Socket socket = server.connect()) {
      facts.putAll(TlsLook.at(socket, network.host(), network.port()));
    }
    TlsLook.requireTrusted(network, Trusts.of(trust()), false, facts, server);
  }

  private Trust trust() {
    return place.connection() instanceof Connection.Ftp ftp
        ? ftp.trust()
        : ((Connection.Web) place.connection()).trust();
  }

  // of implicit TLS it comes after the handshake, and is told at the login
  private Map<String, Object> greeting() throws IOException {
    try (Socket socket = network.connected()) {
      return Map.of("says", Greeting.of(socket));
    }
  }

  private void hostKey(Map<String, Object> facts) {
    HostKeyLook.Seen seen = files.hostKey(place);
    facts.put("software", seen.software());
    facts.put("type", seen.type());
    facts.put("fingerprint", seen.fingerprint());
    facts.put("trusted", seen.why().isEmpty());
    if (seen.why().isPresent()) {
      throw new TransferException.Authentication(network.endpoint(), "", seen.why().get(), null);
    }
  }

  private Map<String, Object> login() {
    Map<String, Object> facts = new LinkedHashMap<>();
    if (session() instanceof RemoteTransfer remote) {
      RemoteTraits traits = remote.traits(place.path().isEmpty() ? "/" : place.path());
      traits.protection().ifPresent(each -> facts.put("protection", each));
      facts.put("resumes-downloads", traits.restartsReads());
      facts.put("resumes-uploads", traits.restartsWrites());
      facts.put("hash", traits.hash().map(each -> each.label()).orElse("none"));
      Introduction said = traits.introduction();
      facts.put(
          "renames-over-a-file",
          said.renamesOver().<Object>map(each -> each).orElse("unknown, --write tries it"));
      said.software().ifPresent(each -> facts.put("software", each));
      if (!said.features().isEmpty()) {
        facts.put("features", said.features());
      }
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
    String three = Throughput.temporary(place.path());
    Path file = Files.createTempFile("waybill-probe-", ".tmp");
    Map<String, Object> facts = new LinkedHashMap<>();
    try {
      Files.writeString(file, "waybill");
      Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
      session().upload(file, one, TransferOptions.defaults());
      session().upload(file, two, TransferOptions.defaults());
      Optional<Instant> time = session().stat(one).flatMap(FileEntry::modified);
      time.ifPresent(
          there ->
              facts.put("keeps-times", Duration.between(there, LONG_AGO).abs().toSeconds() <= 1));
      boolean renamesOver = renames(one, two);
      facts.put("renames", renamesOver || renames(one, three));
      facts.put("renames-over-a-file", renamesOver);
      return facts;
    } finally {
      for (String each : new String[] {one, two, three}) {
        if (session().stat(each).isPresent()) {
          session().delete(each);
        }
      }
      Files.deleteIfExists(file);
    }
  }

  private boolean renames(String from, String to) {
    try {
      session().rename(from, to);
      return true;
    } catch (TransferException.Refused e) {
      return false;
    }
  }
}
