package io.waybill.transfer.discovery;

import io.waybill.transfer.tcp.tls.Pin;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.jmdns.JmDNS;
import javax.jmdns.ServiceInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces a server on the local networks (DNS-SD, RFC 6763, by multicast DNS, RFC 6762) until it
 * is closed.
 */
public final class ServiceAnnouncement implements AutoCloseable {
  /** The type of service that is announced. */
  public static final String TYPE = "_waybill._tcp.local.";

  static final String VERSION_KEY = "version";
  static final String PIN_KEY = "pin";
  static final String VERSION = "1";
  private static final Logger LOG = LoggerFactory.getLogger(ServiceAnnouncement.class);

  private final List<JmDNS> announcers;

  private ServiceAnnouncement(List<JmDNS> announcers) {
    this.announcers = announcers;
  }

  /**
   * Announces on every local network of this machine.
   *
   * @param name what people see; another one of that name gets a number
   * @param port where it listens
   * @param pin of its key; empty without TLS
   * @throws IOException if a network cannot be spoken to; nothing is announced then
   */
  public static ServiceAnnouncement start(String name, int port, Optional<Pin> pin)
      throws IOException {
    return start(name, port, pin, LocalAddresses.all());
  }

  /**
   * Announces on the networks of these addresses of this machine.
   *
   * @throws IOException if one of them cannot be spoken to; nothing is announced then
   */
  public static ServiceAnnouncement start(
      String name, int port, Optional<Pin> pin, List<InetAddress> addresses) throws IOException {
    Map<String, String> text = new LinkedHashMap<>();
    text.put(VERSION_KEY, VERSION);
    pin.ifPresent(value -> text.put(PIN_KEY, value.toString()));
    ServiceAnnouncement announcement = new ServiceAnnouncement(new ArrayList<>());
    try {
      for (InetAddress address : addresses) {
        JmDNS announcer = JmDNS.create(address, name);
        announcement.announcers.add(announcer);
        // one description for each, which keeps what it belongs to
        announcer.registerService(ServiceInfo.create(TYPE, name, port, 0, 0, text));
      }
      LOG.info("event=announced name=\"{}\" port={} networks={}", name, port, addresses);
      return announcement;
    } catch (IOException e) {
      announcement.close();
      throw e;
    }
  }

  /** Takes the announcement back. */
  @Override
  public void close() {
    for (JmDNS announcer : announcers) {
      try {
        announcer.close(); // says goodbye first
      } catch (IOException e) {
        LOG.info("event=close-failed", e);
      }
    }
    announcers.clear();
  }
}
