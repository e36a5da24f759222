package io.waybill.jobs.cli;

/** The command line's entry point. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.out.println("waybill 0.1.0-SNAPSHOT");
  }
}
