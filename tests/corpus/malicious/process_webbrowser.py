# why: opens a page, or any program registered as a browser
import webbrowser
webbrowser.open("http://example.invalid/?u=me")
