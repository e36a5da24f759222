package io.waybill.testkit;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/** What a {@link ScriptedFtpServer} answers by itself. */
final class FtpManners {
  private static final String TIME = "20240229225958";

  private final FtpExchange exchange;
  private int restart;
  private String renaming = "";

  FtpManners(FtpExchange exchange) {
    this.exchange = exchange;
  }

  void answer(String verb, String argument) throws IOException {
    switch (verb) {
      case ScriptedFtpServer.GREETING -> exchange.reply("220 ready");
      case "USER" -> exchange.reply("331 secret?");
      case "PASS" -> exchange.reply("230 in");
      case "AUTH" -> secure(argument);
      case "PROT" -> {
        exchange.protectData();
        exchange.reply("200 ok");
      }
      case "FEAT" -> features();
      case "SYST" -> exchange.reply("215 UNIX Type: L8");
      case "PWD" -> exchange.reply("257 \"/\"");
      case "PBSZ", "OPTS", "TYPE", "NOOP" -> exchange.reply("200 ok");
      case "CWD" -> exchange.reply(argument.equals("/") ? "250 ok" : "550 no");
      case "EPSV" -> exchange.reply("229 come in (|||" + exchange.listen() + "|)");
      case "PASV" -> {
        int port = exchange.listen();
        exchange.reply("227 come in (127,0,0,1," + (port >> 8) + "," + (port & 0xff) + ")");
      }
      case "REST" -> {
        restart = Integer.parseInt(argument);
        exchange.reply("350 ok");
      }
      case "RNFR" -> {
        renaming = argument;
        exchange.reply(files().containsKey(argument) ? "350 ok" : "550 no");
      }
      case "QUIT" -> {
        exchange.reply("221 bye");
        exchange.hangUp();
      }
      default -> answerAboutFile(verb, argument);
    }
  }

  private void answerAboutFile(String verb, String name) throws IOException {
    byte[] content = files().get(name);
    boolean isThere = content != null;
    switch (verb) {
      case "SIZE" -> exchange.reply(content != null ? "213 " + content.length : "550 no");
      case "MDTM" -> exchange.reply(isThere ? "213 " + TIME : "550 no");
      case "MFMT" -> exchange.reply("213 modify=" + TIME);
      case "MLST" -> {
        if (content != null) {
          exchange.reply("250-here", " " + facts(content) + " " + name, "250 end");
        } else {
          exchange.reply("550 no");
        }
      }
      case "MLSD" -> exchange.send(ScriptedFtpServer.bytes(listing(true)));
      case "LIST" -> exchange.send(ScriptedFtpServer.bytes(listing(false)));
      case "RETR" -> {
        if (content == null) {
          exchange.reply("550 no");
        } else {
          int from = Math.min(restart, content.length);
          restart = 0;
          exchange.send(Arrays.copyOfRange(content, from, content.length));
        }
      }
      case "STOR" -> {
        int kept = restart;
        restart = 0;
        exchange.reply("150 go");
        byte[] before = content == null ? new byte[0] : content;
        files().putIfAbsent(name, before);
        byte[] now = FtpExchange.joined(before, kept, exchange.receive());
        files().replace(name, now); // what was deleted meanwhile stays deleted
        exchange.reply("226 done");
      }
      case "DELE" -> {
        files().remove(name);
        exchange.reply(isThere ? "250 ok" : "550 no");
      }
      case "RNTO" -> {
        byte[] moved = files().remove(renaming);
        if (moved != null) {
          files().put(name, moved);
        }
        exchange.reply(moved != null ? "250 ok" : "550 no");
      }
      default -> exchange.reply("502 no");
    }
  }

  private Map<String, byte[]> files() {
    return exchange.files();
  }

  private static String facts(byte[] content) {
    return "type=file;size=" + content.length + ";modify=" + TIME + ";";
  }

  private String listing(boolean isMachineReadable) {
    return files().entrySet().stream()
        .map(
            each ->
                isMachineReadable
                    ? facts(each.getValue()) + " " + each.getKey()
                    : "-rw-r--r-- 1 me me %d Feb 29 2024 %s"
                        .formatted(each.getValue().length, each.getKey()))
        .map(each -> each + "\r\n")
        .collect(Collectors.joining());
  }

  private void features() throws IOException {
    List<String> offered = exchange.server().offered();
    if (offered.isEmpty()) {
      exchange.reply("502 no");
      return;
    }
    exchange.reply(
        "211-Features",
        offered.stream().map(each -> " " + each).collect(Collectors.joining("\r\n")),
        "211 End");
  }

  private void secure(String mechanism) throws IOException {
    SSLContext context = exchange.server().tls();
    if (context == null || !mechanism.equalsIgnoreCase("TLS")) {
      exchange.reply("502 no");
      return;
    }
    exchange.reply("234 begin");
    exchange.secure(context);
  }
}
