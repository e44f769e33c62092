"""The peer of examples/crawl_rate.rs: the same lists and pages with Scrapy, as its tutorial would write it.

Follows every link of every list, takes title, date and text by CSS selectors, and keeps them with the page itself in
SQLite, two hundred to a transaction. Ends with one line of JSON: pages, seconds of the processor of this process, peak memory.
"""

import json
import resource
import sqlite3

import scrapy

# Rows written by one transaction, as on the other side.
BATCH = 200


def peak_memory_mb():
    """What this process has held at most; `ru_maxrss` would remember the process that started it."""
    with open("/proc/self/status") as status:
        held = next(line for line in status if line.startswith("VmHWM:"))
    return int(held.split()[1]) * 1024 / 1e6


class Keep:
    """Writes items as they come, a batch at a time."""

    def open_spider(self):
        self.record = sqlite3.connect(self.crawler.spider.record)
        self.record.execute("PRAGMA journal_mode = WAL")
        self.record.execute("CREATE TABLE entry (url TEXT PRIMARY KEY, title TEXT, date TEXT, text TEXT, page BLOB)")
        self.rows = []

    def __init__(self, crawler):
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler):
        return cls(crawler)

    def process_item(self, item):
        self.rows.append((item["url"], item["title"], item["date"], item["text"], item["page"]))
        if len(self.rows) >= BATCH:
            self.write()
        return item

    def write(self):
        with self.record:
            self.record.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?)", self.rows)
        self.rows = []

    def close_spider(self):
        self.write()
        self.record.close()


class Notices(scrapy.Spider):
    name = "notices"
    pages = 0

    async def start(self):
        for source in range(int(self.sources)):
            host = "127.0.0.%d" % (source % int(self.hosts) + 1)
            yield scrapy.Request(f"http://{host}:{self.port}/s/{source}", callback=self.parse)

    def parse(self, response):
        self.pages += 1
        for link in response.css("tr.notice a::attr(href)"):
            yield response.follow(link.get(), callback=self.parse_notice)

    def parse_notice(self, response):
        self.pages += 1
        yield {
            "url": response.url,
            "title": response.css("h1::text").get(),
            "date": response.css("time::attr(datetime)").get(),
            "text": "\n".join(text.strip() for text in response.css("div.body ::text").getall()),
            "page": response.body,
        }

    def closed(self, reason):
        used = resource.getrusage(resource.RUSAGE_SELF)
        line = {
            "reason": reason,
            "pages": self.pages,
            "cpu_seconds": used.ru_utime + used.ru_stime,
            "peak_memory_mb": peak_memory_mb(),
        }
        print(json.dumps(line), flush=True)
