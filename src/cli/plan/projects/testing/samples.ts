// One small piece of software for each language that `hab plan init` writes plans for: services answer `hello from LANGUAGE` on
// the port that PORT names; the program says it.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Sample {
  /** Packages that its build and its service need. */
  readonly plans: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

export const SAMPLES = {
  node: {
    plans: ["node", "busybox-static"],
    files: {
      "package.json": `{"name": "@acme/sample", "version": "1.2.3", "description": "It's a $sample", "license": "MIT"}\n`,
      "server.js": `require("http").createServer((_, answer) => answer.end("hello from node\\n")).listen(process.env.PORT);\n`,
    },
  },
  python: {
    plans: ["python", "busybox-static"],
    files: {
      "requirements.txt": "",
      "app.py": `import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello from python\\n")


HTTPServer(("", int(os.environ["PORT"])), Hello).serve_forever()
`,
    },
  },
  ruby: {
    plans: ["ruby", "busybox-static"],
    files: {
      "app.rb": `require "webrick"
server = WEBrick::HTTPServer.new(Port: ENV["PORT"].to_i)
server.mount_proc("/") { |_, answer| answer.body = "hello from ruby\\n" }
trap("TERM") { server.shutdown }
server.start
`,
    },
  },
  java: {
    plans: ["openjdk17", "jre17", "busybox-static"],
    files: {
      "src/main/java/com/acme/Hello.java": `package com.acme;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;

public class Hello {
  public static void main(String[] words) throws Exception {
    var server = HttpServer.create(new InetSocketAddress(Integer.parseInt(System.getenv("PORT"))), 0);
    var text = Hello.class.getResourceAsStream("/hello.txt").readAllBytes();
    server.createContext("/", exchange -> {
      exchange.sendResponseHeaders(200, text.length);
      exchange.getResponseBody().write(text);
      exchange.close();
    });
    server.start();
  }
}
`,
      "src/main/resources/hello.txt": "hello from java\n",
    },
  },
  go: {
    plans: ["go", "cacerts", "busybox-static"],
    files: {
      "go.mod": "module example.com/sample\n\ngo 1.19\n",
      "main.go": `package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/", func(answer http.ResponseWriter, _ *http.Request) { fmt.Fprintln(answer, "hello from go") })
	http.ListenAndServe(":"+os.Getenv("PORT"), nil)
}
`,
    },
  },
  program: {
    plans: ["gcc", "make", "glibc"],
    files: {
      Makefile: "sample: sample.c\n\t$(CC) -o $@ $<\n",
      "sample.c": `#include <stdio.h>\nint main(void) { puts("hello from program"); return 0; }\n`,
    },
  },
} as const satisfies Readonly<Record<string, Sample>>;

export type SampleLanguage = keyof typeof SAMPLES;

/** Writes the software of one language into a directory. */
export function writeSample(language: SampleLanguage, directory: string): void {
  for (const [path, text] of Object.entries(SAMPLES[language].files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}
