package io.waybill.jobs.step;

import io.waybill.jobs.Connection;

/** One thing that a {@code check} looks at. */
public sealed interface CheckTarget {
  /** Returns its kind, as the file names it. */
  String kind();

  /** Returns how it is called there. */
  String name();

  /** A connection: log in and leave. */
  record Login(Connection connection) implements CheckTarget {
    @Override
    public String kind() {
      return "connection";
    }

    @Override
    public String name() {
      return connection.name();
    }
  }

  /** A port that takes connections. */
  record Tcp(Endpoint at) implements CheckTarget {
    @Override
    public String kind() {
      return "tcp";
    }

    @Override
    public String name() {
      return at.toString();
    }
  }

  /** A port to which nobody says that it is closed. */
  record Udp(Endpoint at) implements CheckTarget {
    @Override
    public String kind() {
      return "udp";
    }

    @Override
    public String name() {
      return at.toString();
    }
  }

  /** A name that has addresses. */
  record Dns(String name) implements CheckTarget {
    @Override
    public String kind() {
      return "dns";
    }
  }

  /** A port with TLS, and the right certificate. */
  record Tls(Endpoint at) implements CheckTarget {
    @Override
    public String kind() {
      return "tls";
    }

    @Override
    public String name() {
      return at.toString();
    }
  }

  /** An address that is there. */
  record Http(HttpTarget.At at) implements CheckTarget {
    @Override
    public String kind() {
      return "http";
    }

    @Override
    public String name() {
      return at.shown();
    }
  }

  /** A host and a port. */
  record Endpoint(String host, int port) {
    @Override
    public String toString() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }
}
