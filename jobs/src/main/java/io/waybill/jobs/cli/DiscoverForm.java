package io.waybill.jobs.cli;

import io.waybill.transfer.discovery.AnnouncedServer;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Servers that announced themselves: {@code waybill.servers/1}, a {@code waybill.server/1} each.
 */
final class DiscoverForm {
  static final String SCHEMA = "waybill.server/1";
  static final String LIST_SCHEMA = "waybill.servers/1";

  private DiscoverForm() {}

  static Map<String, Object> of(AnnouncedServer server) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("name", server.name());
    form.put("host", server.host());
    form.put("port", (long) server.port());
    form.put("version", server.version());
    server.pin().ifPresent(pin -> form.put("pin", pin.toString()));
    return form;
  }

  static void print(List<Map<String, Object>> servers, PrintStream out) {
    if (servers.isEmpty()) {
      out.println("no server announces itself here; \"waybill serve --announce\" does");
    }
    for (Map<String, Object> server : servers) {
      out.printf(
          "%-24s %s:%s  %s%n",
          Output.printable(server.get("name")),
          server.get("host"),
          server.get("port"),
          server.getOrDefault("pin", "no TLS"));
    }
    if (!servers.isEmpty()) {
      out.println("Anybody can announce anything: compare the pin with one that came another way.");
    }
  }
}
