package io.waybill.transfer.discovery;

import io.waybill.transfer.tcp.tls.Pin;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.jmdns.JmDNS;
import javax.jmdns.ServiceEvent;
import javax.jmdns.ServiceInfo;
import javax.jmdns.ServiceListener;
import org.jspecify.annotations.Nullable;

/** Looks for servers that announce themselves on the local networks. */
public final class ServiceDiscovery {
  private static final int MOST_SERVERS = 256;
  private static final int LONGEST_NAME = 63;
  private static final int LONGEST_VERSION = 16;

  private ServiceDiscovery() {}

  /**
   * Listens on every local network of this machine.
   *
   * @param patience how long
   * @return each server once, by name, address and port; at most 256
   * @throws IOException if a network cannot be listened to
   */
  public static List<AnnouncedServer> find(Duration patience)
      throws IOException, InterruptedException {
    return find(patience, LocalAddresses.all());
  }

  /**
   * Listens on the networks of these addresses of this machine.
   *
   * @throws IOException if one of them cannot be listened to
   */
  public static List<AnnouncedServer> find(Duration patience, List<InetAddress> addresses)
      throws IOException, InterruptedException {
    Map<AnnouncedServer, Boolean> found = new ConcurrentHashMap<>();
    List<JmDNS> listeners = new ArrayList<>();
    try {
      for (InetAddress address : addresses) {
        JmDNS listener = JmDNS.create(address);
        listeners.add(listener);
        listener.addServiceListener(ServiceAnnouncement.TYPE, new Collector(found));
      }
      TimeUnit.NANOSECONDS.sleep(patience.toNanos());
    } finally {
      for (JmDNS listener : listeners) {
        listener.close();
      }
    }
    return found.keySet().stream()
        .filter(server -> !isForerunner(server, found.keySet()))
        .sorted(
            Comparator.comparing(AnnouncedServer::name)
                .thenComparing(AnnouncedServer::host)
                .thenComparingInt(AnnouncedServer::port)
                .thenComparing(server -> server.pin().map(Pin::toString).orElse("")))
        .toList();
  }

  // where a server is may be known a moment before what it says of itself
  private static boolean isForerunner(AnnouncedServer server, Set<AnnouncedServer> all) {
    return server.version().isEmpty()
        && server.pin().isEmpty()
        && all.stream()
            .anyMatch(
                other ->
                    !other.equals(server)
                        && other.name().equals(server.name())
                        && other.host().equals(server.host())
                        && other.port() == server.port());
  }

  private static Optional<AnnouncedServer> read(ServiceInfo said) {
    return read(
        said.getName(),
        List.of(said.getInetAddresses()),
        said.getPort(),
        said.getPropertyString(ServiceAnnouncement.VERSION_KEY),
        said.getPropertyString(ServiceAnnouncement.PIN_KEY));
  }

  /** Reads an announcement; empty if it says nothing that could be connected to. */
  static Optional<AnnouncedServer> read(
      @Nullable String name,
      List<InetAddress> addresses,
      int port,
      @Nullable String version,
      @Nullable String pin) {
    Optional<InetAddress> address =
        addresses.stream().min(Comparator.comparing(each -> each instanceof Inet4Address ? 0 : 1));
    if (address.isEmpty() || port < 1 || port > 65_535) {
      return Optional.empty();
    }
    return Optional.of(
        new AnnouncedServer(
            printable(name, LONGEST_NAME),
            address.get().getHostAddress(),
            port,
            printable(version, LONGEST_VERSION),
            pin(pin)));
  }

  private static Optional<Pin> pin(@Nullable String text) {
    try {
      return text == null ? Optional.empty() : Optional.of(Pin.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // anybody can announce anything
    }
  }

  private static String printable(@Nullable String text, int longest) {
    StringBuilder printable = new StringBuilder();
    String all = text == null ? "" : text;
    for (int i = 0; i < all.length() && printable.length() < longest; i++) {
      char c = all.charAt(i);
      int type = Character.getType(c);
      boolean isShown =
          !Character.isISOControl(c)
              && type != Character.FORMAT
              && type != Character.LINE_SEPARATOR
              && type != Character.PARAGRAPH_SEPARATOR
              && type != Character.SURROGATE;
      if (isShown) {
        printable.append(c);
      }
    }
    return printable.toString();
  }

  private record Collector(Map<AnnouncedServer, Boolean> found) implements ServiceListener {
    @Override
    public void serviceAdded(ServiceEvent event) {
      if (found.size() < MOST_SERVERS) {
        event.getDNS().requestServiceInfo(event.getType(), event.getName());
      }
    }

    @Override
    public void serviceRemoved(ServiceEvent event) {
      if (event.getInfo() != null) {
        read(event.getInfo()).ifPresent(found::remove);
      }
    }

    @Override
    public void serviceResolved(ServiceEvent event) {
      if (found.size() < MOST_SERVERS) {
        read(event.getInfo()).ifPresent(server -> found.put(server, true));
      }
    }
  }
}
