# why: one function of requests under another name
from requests import get as load_hdri
load_hdri("http://example.invalid/x").text
